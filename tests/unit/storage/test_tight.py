"""A disk that is full: what is written there, and what becomes of the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

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
