import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from moderation.delivery.importer import Importer
from moderation.services.imports.uploads import FOLDER, find_file
from moderation.storage.models import (
    Comment,
    Decision,
    ImportRecord,
    LearntSite,
    Lesson,
    Upload,
    UploadState,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.cli.mould import Mould
from tests.cli.running import COMMAND
from tests.factories import make_site
from tests.unit.formats.samples import write_wxr, write_wxr_comment

# Some batches: the worker is killed between two of them, or within one.
COMMENTS = 2_500
PATIENCE_SECONDS = 60.0
COUNTED = (Comment, Decision, ImportRecord, Lesson)


@pytest.mark.sqlite(reason="asks a database in a folder of its own")
def test_an_upload_is_finished_though_the_worker_was_killed(
    tmp_path: Path, migrated: Path, mould: Mould
) -> None:
    path = shutil.copy(migrated, tmp_path / "moderation.sqlite3")
    with closing(Database(f"sqlite:///{path}")) as database:
        upload_id = put_upload(database, tmp_path)

        with working(tmp_path, mould):
            wait_for_some(database)
        half, state = count(database, Comment), read_state(database, upload_id)
        end_lease(database)
        finish(database, tmp_path)

        assert (0 < half < COMMENTS, state) == (True, UploadState.STORING)
        assert read_state(database, upload_id) is UploadState.DONE
        assert {count(database, model) for model in COUNTED} == {COMMENTS}
        with database.read() as session:
            learnt = session.scalars(select(LearntSite)).one()
        assert (learnt.spam, learnt.ham) == (0, COMMENTS)


def put_upload(database: Database, folder: Path) -> int:
    """Store an upload that was looked at and accepted; return its id."""
    data = write_wxr(
        *(write_wxr_comment(n, body=f"Comment {n}") for n in range(1, COMMENTS + 1))
    ).encode()
    with database.write() as session:
        upload = Upload(
            site_id=make_site(session).id,
            format="wxr",
            size=len(data),
            received=len(data),
            state=UploadState.STORING,
        )
        session.add(upload)
        session.flush()
        path = find_file(folder / FOLDER, upload.id)
        path.parent.mkdir()
        path.write_bytes(data)
        return upload.id


@contextmanager
def working(folder: Path, mould: Mould) -> Iterator[None]:
    """Have a worker of its own process work until the block ends, then kill it."""
    settings = {"MODERATION_DATA_DIR": str(folder)}
    process = mould.start(COMMAND, "worker", cwd=folder, settings=settings)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for_some(database: Database) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not count(database, Comment) and time.monotonic() < until:
        time.sleep(0.01)


def end_lease(database: Database) -> None:
    """Let the time pass that a worker has: it is two minutes."""
    past = now() - timedelta(seconds=1)
    with database.write() as session:
        session.execute(update(Upload).values(lease_until=past))


def finish(database: Database, folder: Path) -> None:
    Importer(database=database, data_dir=folder, is_stopping=threading.Event()).run()


def count(
    database: Database, model: type[Comment | Decision | ImportRecord | Lesson]
) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def read_state(database: Database, upload_id: int) -> UploadState:
    with database.read() as session:
        return session.get_one(Upload, upload_id).state
