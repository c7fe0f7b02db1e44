"""Owns whose turn comes first in the queue: quick decisions, and nobody starves."""

from datetime import datetime, timedelta

# Scores from and below which a glance is enough to decide.
CLEAR_SPAM, CLEAR_HAM = 0.9, 0.1
# How much earlier than it came a clear case counts as come. What takes thought is
# overtaken by clear cases of the next two days at most, however many there are.
SPAM_HEAD_START = timedelta(hours=48)
HAM_HEAD_START = timedelta(hours=24)
# More than any other comment can have waited: these are read before all others.
CARE_HEAD_START = timedelta(days=3_650)


def is_first(created_at: datetime, due_at: datetime) -> bool:
    """Return whether a comment was put before all others: its author may need it."""
    return created_at - due_at >= CARE_HEAD_START


def find_turn(
    created_at: datetime, score: float, *, needs_care: bool = False
) -> datetime:
    """Return the moment a comment is put in the queue at: the earliest comes first.

    It depends on nothing but the comment, so that an index can keep the order.
    `needs_care` says that its author may be in danger.
    """
    if needs_care:
        return created_at - CARE_HEAD_START
    if score >= CLEAR_SPAM:
        return created_at - SPAM_HEAD_START
    if score < CLEAR_HAM:
        return created_at - HAM_HEAD_START
    return created_at
