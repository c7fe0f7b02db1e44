"""Owns how guessing is slowed down: each failure lets the next attempt wait longer.

An attempt is counted before it is looked at, in a transaction of its own: however many
arrive at once, in however many processes, no more get through than one after another.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Executable, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.domain.errors import TooManyAttemptsError
from moderation.storage.models import LoginThrottle

# Without another attempt all is forgotten after a day.
MEMORY = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many attempts cost nothing, and how the wait grows from there (doubling)."""

    free: int
    first_seconds: int
    longest_seconds: int = 900

    def find_wait(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts."""
        if attempts < self.free:
            return timedelta()
        # 2^20 is beyond any longest wait, and no number that grows without end.
        doubled = self.first_seconds * 2 ** min(attempts - self.free, 20)
        return timedelta(seconds=min(doubled, self.longest_seconds))


def take_attempt(
    session: Session, paces: Mapping[bytes, Pace], *, at: datetime
) -> None:
    """Count an attempt under each key.

    :raises TooManyAttemptsError: if one of them has to wait; then none is counted.
    """
    session.execute(delete(LoginThrottle).where(LoginThrottle.seen_at < at - MEMORY))
    for key in sorted(paces):
        session.execute(_compose_insert(session, key, at))
    # In one order, so that two attempts never wait for each other.
    rows = session.scalars(
        select(LoginThrottle)
        .where(LoginThrottle.key.in_(paces))
        .order_by(LoginThrottle.key)
        .with_for_update()
    ).all()
    waits = [_find_wait(row, paces[row.key], at) for row in rows]
    if any(waits):
        raise TooManyAttemptsError(max(waits))
    for row in rows:
        row.attempts += 1
        row.free_at = at + paces[row.key].find_wait(row.attempts)
        row.seen_at = at
    session.flush()


def forgive_attempts(session: Session, keys: Iterable[bytes]) -> None:
    """Forget all attempts under the keys: the last one was right."""
    session.execute(delete(LoginThrottle).where(LoginThrottle.key.in_(list(keys))))


def return_attempt(session: Session, key: bytes, *, at: datetime) -> None:
    """Take back the last attempt under a key that others' failures count under too."""
    session.execute(
        update(LoginThrottle)
        .where(LoginThrottle.key == key, LoginThrottle.attempts > 0)
        .values(attempts=LoginThrottle.attempts - 1, free_at=at)
    )


def _find_wait(row: LoginThrottle, pace: Pace, at: datetime) -> int:
    """Return the seconds left to wait. More than the longest: a clock was set back."""
    left = math.ceil((row.free_at - at).total_seconds())
    return left if 0 < left <= pace.longest_seconds else 0


def _compose_insert(session: Session, key: bytes, at: datetime) -> Executable:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    make = sqlite.insert if is_sqlite else postgresql.insert
    values = {"key": key, "attempts": 0, "free_at": at, "seen_at": at}
    return make(LoginThrottle).values(values).on_conflict_do_nothing()
