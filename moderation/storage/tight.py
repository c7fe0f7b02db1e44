"""Owns what is done while SQLite's disk is full: its log is not left to grow.

The log is brought into the file only every 16 MB (session.py), which is more than a
disk that was full may have: with 3 MB freed, 19 posts had filled it again.
"""

import sqlite3
from contextlib import closing, suppress
from time import monotonic

from sqlalchemy import Engine

from moderation.storage.failures import is_unwritable

# For so long after somebody found no room.
TIGHT_SECONDS = 600


class TightDisk:
    """Whether there was no room lately, and what helps."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def note(self, error: Exception) -> None:
        """Note what a write failed with, if it was for want of room."""
        if is_unwritable(error):
            self._until = monotonic() + TIGHT_SECONDS

    def relieve(self, engine: Engine) -> None:
        """Bring the log into the file, so that it begins again; nothing if all is well.

        It is done as far as there is room, and readers allow. Nothing is raised: what
        was written before is written, or has failed for a reason of its own.
        """
        if monotonic() > self._until:
            return
        # Such as a disk that is full still: the next who writes tries again.
        with suppress(sqlite3.Error), closing(engine.raw_connection()) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
