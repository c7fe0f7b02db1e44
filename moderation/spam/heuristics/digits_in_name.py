"""Looks for digits in the author's name."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

DIGITS = re.compile(r"[0-9]++")


def find_digits_in_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name holds digits.

    Catches numbered throw-away names. Trips on the many honest nicknames with a year of
    birth, so it weighs next to nothing. Weight: not measured, conservative.
    """
    spans = mark("author", (m.span() for m in DIGITS.finditer(submission.author)))
    if not spans:
        return None
    return Signal(
        name="digits_in_name",
        weight=POINTS["digits_in_name"],
        reason="There are digits in the author's name.",
        spans=spans,
    )
