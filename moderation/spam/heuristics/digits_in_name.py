"""Looks for names that end in digits."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

NUMBERED = re.compile(r"[^\W\d_]{4,60}+(?P<digits>[0-9]{1,20}+)\s{0,9}+\Z")

# The end of a name that is looked at; it bounds the time.
LONGEST_END = 100


def find_digits_in_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name is a word and a number, like kickboxing12.

    Catches numbered throw-away names. Trips on the many honest nicknames with a year of
    birth, so it weighs next to nothing. Weight: fitted, see docs/model-card.md.
    """
    found = NUMBERED.search(
        submission.author, max(0, len(submission.author) - LONGEST_END)
    )
    if found is None:
        return None
    return Signal(
        name="digits_in_name",
        weight=POINTS["digits_in_name"],
        reason="The author's name is a word with a number.",
        spans=mark("author", [found.span("digits")]),
    )
