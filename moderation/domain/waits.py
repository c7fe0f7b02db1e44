"""Owns how long comments wait, in steps that people think in."""

from datetime import timedelta
from enum import StrEnum


class Wait(StrEnum):
    """How long: up to so much, and longer than the step before."""

    MINUTES = "10m"
    HOUR = "1h"
    HOURS = "6h"
    DAY = "1d"
    DAYS = "3d"
    WEEK = "7d"
    LONGER = "longer"


# The upper end of each step; the last has none.
LIMITS = {
    Wait.MINUTES: timedelta(minutes=10),
    Wait.HOUR: timedelta(hours=1),
    Wait.HOURS: timedelta(hours=6),
    Wait.DAY: timedelta(days=1),
    Wait.DAYS: timedelta(days=3),
    Wait.WEEK: timedelta(days=7),
}


def find_wait(length: timedelta) -> Wait:
    """Return the step of a length of time; one below zero (two clocks) is the first."""
    return next((wait for wait, most in LIMITS.items() if length <= most), Wait.LONGER)
