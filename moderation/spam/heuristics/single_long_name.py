"""Looks for names of one long word in small letters."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

LONG = re.compile(r"\s{0,9}+[a-z]{9,245}+\s{0,9}+")


def find_single_long_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name is one word of nine small letters or more.

    Catches names made by joining words. Trips on honest nicknames, so it weighs
    little. Weight: fitted, see docs/model-card.md.
    """
    if not LONG.fullmatch(submission.author):
        return None
    return Signal(
        name="single_long_name",
        weight=POINTS["single_long_name"],
        reason="The author's name is one long word in small letters.",
        spans=mark("author", [(0, len(submission.author))]),
    )
