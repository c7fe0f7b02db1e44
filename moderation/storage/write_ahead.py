"""Owns SQLite's write-ahead log: how long it is, and how it is cut.

Each commit makes it longer. It begins again from its start once all of it is in the
database's file and nobody reads a state from before. Held up by one reader, it took
284 kB for each of 2,000 posts (569 MB), and was cut by the second post after that.
"""

import sqlite3
from contextlib import closing

from moderation.storage.session import Database
from moderation.storage.upkeep import find_file

# It is copied into the file at 16 MB, and kept at 32 MB at most (session.py).
LONG_LOG_BYTES = 64_000_000
# For so long who writes may have to wait while it is cut.
PATIENCE_SECONDS = 0.5


def measure_log(database: Database) -> int:
    """Return the bytes of the log; 0 where there is none, as with PostgreSQL."""
    path = find_file(database)
    log = path and path.with_name(path.name + "-wal")
    return log.stat().st_size if log and log.exists() else 0


def cut_log(database: Database) -> bool:
    """Bring the log into the file and cut it to nothing; return whether that was done.

    Whoever reads a state from before, in any process, hinders it.
    """
    path = find_file(database)
    if path is None:
        return True
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS)) as connection:
            # Most of the work, for which nobody has to wait.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            with database.pause_writers():
                row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        # Such as a disk without room for what is in the log.
        return False
    return not row[0]
