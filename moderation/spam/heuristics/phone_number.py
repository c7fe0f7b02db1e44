"""Looks for telephone numbers in the text."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# International; North American; or any number right after a word that announces it.
PHONE = re.compile(
    r"""
      (?<![\w+])\+\(?[0-9][0-9 ().-]{7,18}[0-9](?![0-9])
    | (?<![\w.-])(?:1[ .-])?\(?[0-9]{3}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}(?![\w-])
    | \b(?:whats\s?app|phone|mobile|call|text|viber|telegram|tel|sms)
      [^\w+]{1,4}(?:(?:us|me|number|no|now|at|on)[^\w+]{1,3}){0,3}
      [+(]{0,2}[0-9][0-9 ().-]{6,18}[0-9](?![0-9])
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_phone_number(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text holds a telephone number.

    Catches helplines that are none, spell-casters, call girls. Trips on honest people
    who pass on the number of a crisis line. Weight: measured (design, section 6).
    """
    spans = mark("body", (m.span() for m in PHONE.finditer(submission.prose)))
    if not spans:
        return None
    return Signal(
        name="phone_number",
        weight=POINTS["phone_number"],
        reason="There is a telephone number in the text.",
        spans=spans,
    )
