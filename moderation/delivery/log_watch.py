"""Owns the watch over SQLite's write-ahead log: cut in time, or told of."""

from pathlib import Path

import structlog

from moderation.services.health import LEAST_FREE_BYTES
from moderation.storage.session import Database
from moderation.storage.upkeep import measure_free
from moderation.storage.write_ahead import LONG_LOG_BYTES, cut_log, measure_log

# Less is not worth the trouble though the disk is full.
LEAST_BYTES = 1_000_000

log = structlog.get_logger(__name__)


def watch_log(database: Database, data_dir: Path) -> None:
    """Cut the log if it is long, or what it takes is wanted; warn if that can't be.

    With nobody to write after a long reader has gone it would stay as it is.
    """
    size = measure_log(database)
    if size < LEAST_BYTES:
        return
    if size < LONG_LOG_BYTES and measure_free(database, data_dir) >= LEAST_FREE_BYTES:
        return
    if not cut_log(database):
        log.warning(
            "the database's log can't be cut: somebody reads an old state",
            megabytes=size // 1_000_000,
            oldest_read_here_seconds=round(database.find_oldest_read()),
        )
