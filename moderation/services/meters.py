"""Owns the meter of calls: counted in memory, written down every few seconds.

A check is answered in milliseconds, a write waits for the disk: so only one check in
some seconds is followed by a write, after it was answered. A process that is killed
loses what it has counted since; nothing but a number on a page is wrong by that.
"""

import threading
import time
from collections import Counter

import structlog
from sqlalchemy.exc import SQLAlchemyError

from moderation.services.calls import Call, add_calls
from moderation.storage.session import Database

# Where an app keeps its meter.
METER = "moderation.meter"
FLUSHED_AFTER_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Meter:
    """Counts calls, from as many threads as note any."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._counts: Counter[Call] = Counter()
        self._flushed_at = -FLUSHED_AFTER_SECONDS

    def note(self, call: Call) -> bool:
        """Count a call, and return whether it is time to write down what was."""
        with self._lock:
            self._counts[call] += 1
            is_due = time.monotonic() - self._flushed_at >= FLUSHED_AFTER_SECONDS
            if is_due:
                self._flushed_at = time.monotonic()
        return is_due

    def flush(self) -> None:
        """Write down what was counted; what can't be written now is kept for later."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with self._database.write() as session:
                add_calls(session, counts)
        except SQLAlchemyError as error:
            # Such as a site that was removed meanwhile: others' numbers can wait.
            log.warning("calls not counted", cause=type(error).__name__)
            with self._lock:
                self._counts += counts
