"""A disk that is full: what is written there, and what becomes of the log."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from moderation.storage.session import Database

pytestmark = pytest.mark.sqlite(reason="PostgreSQL looks after its own log")

ROOM_PAGES, BYTES = 60, 40_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        session.execute(text("CREATE TABLE texts (body TEXT)"))
    yield database
    database.close()


def write(database: Database, pages: int = 1_000) -> None:
    """Write a text where the file may have so many pages: SQLite fails as if full."""

    def limit(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined] # the driver's

    event.listen(database.engine, "checkout", limit)
    try:
        with database.write() as session:
            session.execute(text("INSERT INTO texts VALUES (:b)"), {"b": "a" * BYTES})
    finally:
        event.remove(database.engine, "checkout", limit)


def test_a_disk_that_was_full_has_its_log_emptied(
    database: Database, path: Path
) -> None:
    for _ in range(5):
        write(database)
    in_log = path.stat().st_size
    with pytest.raises(OperationalError, match="full"):
        write(database, pages=ROOM_PAGES)

    write(database)

    assert in_log < 5 * BYTES < path.stat().st_size


def test_a_log_is_left_alone_where_there_is_room(
    database: Database, path: Path
) -> None:
    before = path.stat().st_size

    for _ in range(5):
        write(database)

    assert path.stat().st_size == before


def test_what_is_done_for_the_log_hides_no_other_failure(
    database: Database, path: Path
) -> None:
    with pytest.raises(OperationalError, match="full"):
        write(database, pages=2)
    database.close()
    path.write_bytes(b"no database" * 100)

    # As it is mapped to an answer: not the driver's own error.
    with pytest.raises(DatabaseError, match="not a database"):
        write(database)


def test_what_is_written_is_told_as_such_whatever_becomes_of_the_log(
    database: Database,
) -> None:
    with pytest.raises(OperationalError, match="full"):
        write(database, pages=2)

    with database.write() as session:
        session.execute(text("INSERT INTO texts VALUES ('one')"))
        # Whoever wants another connection gets none.
        event.listen(database.engine, "checkout", refuse)

    event.remove(database.engine, "checkout", refuse)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM texts")) == 1


def refuse(*_: object) -> None:
    raise sqlite3.OperationalError("unable to open database file")
