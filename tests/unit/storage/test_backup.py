import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from moderation.services.backups import list_backups, make_named_backup
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.storage.backup import (
    BackupError,
    check_copy,
    copy_database,
    restore_copy,
)
from moderation.storage.models import Comment
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread

pytestmark = pytest.mark.sqlite(reason="copies SQLite's file")


@pytest.fixture
def path(tmp_path: Path, database_url: str) -> Path:
    del database_url
    return tmp_path / "test.sqlite3"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    with database.write() as session:
        make_comment(session, make_thread(session, make_site(session)))
    yield database
    database.close()


def post(database: Database, number: int) -> int:
    draft = prepare_draft(
        thread="post-1", name="Ada", email="a@b.example", body=f"Comment {number}."
    )
    with database.write() as session:
        return submit_comment(session, "blog", draft, Arrival()).id


def count_comments(path: Path) -> int:
    database = Database(f"sqlite:///{path}")
    with database.read() as session:
        number = session.scalar(select(func.count()).select_from(Comment)) or 0
    database.close()
    return number


@pytest.mark.usefixtures("database")
def test_a_backup_is_one_checked_file_for_its_owner_alone(
    path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.sqlite3"

    copy = copy_database(path, target)

    assert copy.rows["comments"] == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert count_comments(target) == 1
    assert not list(tmp_path.glob(".copy*"))


def test_all_that_was_received_before_is_in_a_backup_made_meanwhile(
    database: Database, path: Path, tmp_path: Path
) -> None:
    is_over = threading.Event()
    acknowledged: list[int] = []

    def go_on() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            acknowledged.append(post(database, number))

    poster = threading.Thread(target=go_on)
    poster.start()
    before: list[list[int]] = []
    for name in "abc":
        while len(acknowledged) < 5 * (len(before) + 1):
            is_over.wait(0.01)
        before.append(list(acknowledged))
        copy_database(path, tmp_path / name)
    is_over.set()
    poster.join()

    for name, received in zip("abc", before, strict=True):
        with closing(sqlite3.connect(tmp_path / name)) as copy:
            kept = {row[0] for row in copy.execute("SELECT id FROM comments")}
        assert set(received) <= kept
    assert len(acknowledged) > len(before[-1])


@pytest.mark.usefixtures("database")
def test_a_backup_is_restored_elsewhere(path: Path, tmp_path: Path) -> None:
    copy_database(path, tmp_path / "copy")

    aside = restore_copy(tmp_path / "copy", tmp_path / "new.sqlite3")

    assert aside is None
    assert count_comments(tmp_path / "new.sqlite3") == 1


def test_a_file_that_is_there_is_not_overwritten(
    database: Database, path: Path, tmp_path: Path
) -> None:
    copy_database(path, tmp_path / "copy")
    post(database, 1)
    database.close()

    with pytest.raises(BackupError, match="there already"):
        copy_database(path, tmp_path / "copy")
    with pytest.raises(BackupError, match="--force"):
        restore_copy(tmp_path / "copy", path)

    assert count_comments(path) == 2
    assert count_comments(tmp_path / "copy") == 1


def test_what_is_replaced_by_force_is_put_aside(
    database: Database, path: Path, tmp_path: Path
) -> None:
    copy_database(path, tmp_path / "copy")
    post(database, 1)
    database.close()

    aside = restore_copy(tmp_path / "copy", path, is_forced=True)

    assert aside is not None
    assert count_comments(path) == 1
    assert count_comments(aside) == 2


def test_nothing_is_restored_while_a_server_runs(
    database: Database, path: Path, tmp_path: Path
) -> None:
    copy_database(path, tmp_path / "copy")
    post(database, 1)

    with pytest.raises(BackupError, match="in use"):
        restore_copy(tmp_path / "copy", path, is_forced=True)

    assert count_comments(path) == 2


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 6] = b"\xff" * (4096 * 3)
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9_000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_text(path: Path) -> None:
    path.write_text("No database.")


def advance(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def orphan(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("search_words", 1, str)
        connection.execute("DELETE FROM threads")
        connection.commit()


@pytest.mark.parametrize("spoil", [damage, cut, empty, write_text, advance, orphan])
def test_a_backup_that_is_not_whole_is_refused_and_nothing_changes(
    database: Database,
    path: Path,
    tmp_path: Path,
    spoil: object,
) -> None:
    assert callable(spoil)
    copy = tmp_path / "copy"
    copy_database(path, copy)
    spoil(copy)
    database.close()

    with pytest.raises(BackupError):
        check_copy(copy)
    with pytest.raises(BackupError):
        restore_copy(copy, path, is_forced=True)

    assert count_comments(path) == 1
    assert not list(tmp_path.glob(".*.part*"))


def test_the_oldest_backups_go_and_files_of_others_stay(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "moderation-notes.txt").write_text("Mine.")

    for day in range(4):
        with time_machine.travel(now() + timedelta(days=day), tick=False):
            made = make_named_backup(database, folder, keep=2)

    kept = list_backups(folder)
    assert len(kept) == 2
    assert kept[0].path == made.path
    assert (folder / "moderation-notes.txt").exists()


def test_a_backup_that_fails_deletes_none(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with time_machine.travel(now(), tick=False):
        made = make_named_backup(database, folder, keep=1)

        with pytest.raises(BackupError):
            make_named_backup(database, folder, keep=1)

    assert [backup.path for backup in list_backups(folder)] == [made.path]
