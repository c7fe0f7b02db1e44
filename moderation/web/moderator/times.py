"""Owns how a moment is told: how long ago it was, and exactly when."""

from datetime import datetime, timedelta

# From the smallest: the unit's name, and its length.
UNITS = (
    ("minute", timedelta(minutes=1)),
    ("hour", timedelta(hours=1)),
    ("day", timedelta(days=1)),
    ("week", timedelta(weeks=1)),
)
OLDEST = timedelta(weeks=5)


def describe_age(then: datetime, now: datetime) -> str:
    """Return how long ago `then` was, as people say it; a date if very long ago.

    A moment ahead of `now` (two clocks) counts as now.
    """
    age = now - then
    if age < timedelta(minutes=1):
        return "just now"
    if age >= OLDEST:
        return f"{then.day} {then:%B %Y}"
    name, length = next(unit for unit in reversed(UNITS) if age >= unit[1])
    number = age // length
    return f"{number} {name}{'' if number == 1 else 's'} ago"


def describe_moment(then: datetime) -> str:
    """Return the moment in full, in UTC."""
    return f"{then.day} {then:%B %Y, %H:%M} UTC"
