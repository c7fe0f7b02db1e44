"""Owns the upkeep of the database's file: put in order, nothing deleted left in it."""

import shutil
import sqlite3
import time
from pathlib import Path

from sqlalchemy.exc import OperationalError

from moderation.storage.failures import is_unwritable
from moderation.storage.search import scrub_words
from moderation.storage.session import Database

# Whoever reads meanwhile is waited for that long.
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.2
BYTES_PER_MEGABYTE = 1_000_000


class BusyError(Exception):
    """The file is in use, and could not be put in order to the end."""


class ReadOnlyError(Exception):
    """A database that can only be read; the message says what to do."""


def require_writable(database: Database) -> None:
    """Look once, at the start, whether SQLite may write; being busy is no matter.

    :raises ReadOnlyError: if the file or its disk can only be read.
    """
    path = find_file(database)
    if path is None:
        return
    try:
        with database.write() as session:
            # It changes nothing, and so needs no room on the disk.
            session.connection().exec_driver_sql("DELETE FROM jobs WHERE 0")
    except OperationalError as error:
        if is_unwritable(error):
            raise ReadOnlyError(
                f"The database {path} can only be read: let this user write the file "
                "and its directory, and see that the disk is not mounted read-only."
            ) from error


def find_file(database: Database) -> Path | None:
    """Return the file of an SQLite database, None if it has none."""
    name = database.url.database
    if not database.is_sqlite or not name or name == ":memory:":
        return None
    return Path(name)


def measure_bytes(database: Database) -> int:
    """Return how much the database takes on the disk, its log included."""
    path = find_file(database)
    if path is not None:
        files = (path, path.with_name(path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    if database.is_sqlite:
        return 0
    with database.look() as connection:
        query = "SELECT pg_database_size(current_database())"
        return int(connection.exec_driver_sql(query).scalar_one())


def measure_free(database: Database, data_dir: Path) -> int:
    """Return how many bytes the disk of an SQLite database has left.

    Of any other database it is the disk of the data directory.
    """
    file = find_file(database)
    folder = file.parent if file else data_dir
    while not folder.exists():
        folder = folder.parent
    # What is kept back for root alone is not counted.
    return shutil.disk_usage(folder).free


def measure_waste(database: Database) -> float:
    """Return which share (0 to 1) of an SQLite database's file holds nothing."""
    if find_file(database) is None:
        return 0.0
    with database.look() as connection:
        free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return float(free / pages) if pages else 0.0


def refresh_plans(database: Database) -> None:
    """Let SQLite look at its tables again where they have changed much."""
    if find_file(database) is not None:
        with database.write() as session:
            session.connection().exec_driver_sql("PRAGMA optimize")


def tidy_database(database: Database) -> str:
    """Write the database's file anew, without what was deleted; say what it takes.

    While that lasts nobody writes; a gigabyte takes some ten seconds, and as much
    room again in the system's directory for temporary files.

    :raises BusyError: if others were at it all the time: try again.
    """
    with database.write() as session:
        scrub_words(session)
    path = find_file(database)
    if path is not None:
        with database.pause_writers():
            _vacuum(path)
    elif not database.is_sqlite:
        engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
    megabytes = measure_bytes(database) / BYTES_PER_MEGABYTE
    return f"Put in order; the database takes {megabytes:.1f} MB."


def _vacuum(path: Path) -> None:
    """Write the file anew and empty its log.

    By a connection of its own: ours keep temporary tables in memory, and here that
    would be the whole database.
    """
    connection = sqlite3.connect(
        path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA optimize")
        _empty_log(connection)
    except sqlite3.OperationalError as error:
        raise BusyError(f"The database could not be put in order: {error}.") from error
    finally:
        connection.close()


def _empty_log(connection: sqlite3.Connection) -> None:
    """Bring the write-ahead log into the file and cut it to nothing.

    :raises BusyError: if somebody read an older state for all that time.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not row[0]:
            return
        if time.monotonic() > deadline:
            raise BusyError("Somebody reads the database; its log is not empty yet.")
        time.sleep(PAUSE_SECONDS)
