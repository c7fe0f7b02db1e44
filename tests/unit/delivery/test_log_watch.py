from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from moderation.delivery.log_watch import watch_log
from moderation.services.health import LEAST_FREE_BYTES
from moderation.storage import backup
from moderation.storage.backup import check_copy, copy_database
from moderation.storage.models import Site
from moderation.storage.session import Database
from moderation.storage.write_ahead import LONG_LOG_BYTES, cut_log, measure_log

pytestmark = pytest.mark.sqlite(reason="its log")
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 as `shutil` gives it


def lengthen_log(database: Database, size: int) -> None:
    with database.write() as session:
        session.execute(text("CREATE TABLE ballast (content BLOB)"))
        row = text("INSERT INTO ballast VALUES (zeroblob(:size))")
        session.execute(row, {"size": size})


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """Keep a state of the database in use."""
    with database.read() as session:
        session.scalars(select(Site)).all()
        yield session


def test_a_log_that_was_left_long_is_cut(database: Database, tmp_path: Path) -> None:
    with reading(database):
        lengthen_log(database, LONG_LOG_BYTES)
    before = measure_log(database)

    with capture_logs() as logged:
        watch_log(database, tmp_path)

    assert before >= LONG_LOG_BYTES
    assert measure_log(database) == 0
    assert logged == []


def test_a_reader_without_end_is_told_of(database: Database, tmp_path: Path) -> None:
    with reading(database), capture_logs() as logged:
        lengthen_log(database, LONG_LOG_BYTES)

        watch_log(database, tmp_path)

    assert measure_log(database) >= LONG_LOG_BYTES
    (entry,) = logged
    assert entry["log_level"] == "warning"
    assert entry["megabytes"] >= LONG_LOG_BYTES // 1_000_000
    assert entry["oldest_read_here_seconds"] >= 0


@pytest.mark.parametrize(
    ("free", "is_cut"),
    [
        # It is written over soon: to make it short costs more than it gives.
        (LEAST_FREE_BYTES, False),
        # Nobody can write, and what it takes is what is wanted.
        (LEAST_FREE_BYTES - 1, True),
    ],
    ids=["room", "none"],
)
def test_a_short_log_is_cut_when_there_is_no_room(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    *,
    is_cut: bool,
) -> None:
    lengthen_log(database, 2_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9, free))

    watch_log(database, tmp_path)

    assert (measure_log(database) == 0) == is_cut


def test_how_long_somebody_has_been_reading_is_known(database: Database) -> None:
    idle = database.find_oldest_read()

    with reading(database), reading(database):
        busy = database.find_oldest_read()

    assert busy > idle == 0
    assert database.find_oldest_read() == 0


def test_a_backup_holds_the_log_no_longer_than_it_copies(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengthen_log(database, 2_000_000)
    path, cut = Path(str(database.url.database)), []
    check = backup.__dict__["_compare"]

    def cut_and_check(*counts: object) -> None:
        cut.append(cut_log(database))
        check(*counts)

    monkeypatch.setattr(backup, "_compare", cut_and_check)
    copy_database(path, tmp_path / "copy")

    assert cut == [True]
    assert measure_log(database) == 0
    assert check_copy(tmp_path / "copy").rows["sites"] == 0
