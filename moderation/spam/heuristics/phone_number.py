"""Looks for telephone numbers in the text."""

import re
from itertools import islice

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# Digits and what is put between them; whether they are a number to call is decided by
# how they begin, how they are grouped, or the words before them.
DIGITS = re.compile(r"(?<![\w.+-])[+(]{0,2}[0-9][0-9 ().-]{6,18}[0-9](?![0-9])")
NORTH_AMERICAN = re.compile(r"(?:1[ .-])?\(?[0-9]{3}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}")
ANNOUNCED = re.compile(
    r"\b(?:whats\s?app|phone|mobile|call|text|viber|telegram|tel|sms)"
    r"[^\w+]{1,4}(?:(?:us|me|him|her|number|no|now|at|on)[^\w+]{1,3}){0,3}\Z",
    re.IGNORECASE,
)
LONGEST_ANNOUNCEMENT = 40
# A table of figures is not searched to its end: it bounds the time.
MOST_CANDIDATES = 200


def find_phone_number(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text holds a telephone number.

    Catches helplines that are none, spell-casters, call girls. Trips on honest people
    who pass on the number of a crisis line. Weight: measured (design, section 6).
    """
    found = islice(DIGITS.finditer(submission.prose), MOST_CANDIDATES)
    spans = mark("body", (match.span() for match in found if _is_phone(match)))
    if not spans:
        return None
    return Signal(
        name="phone_number",
        weight=POINTS["phone_number"],
        reason="There is a telephone number in the text.",
        spans=spans,
    )


def _is_phone(match: re.Match[str]) -> bool:
    digits = match[0]
    if digits.startswith(("+", "(+")) or NORTH_AMERICAN.fullmatch(digits):
        return True
    start = match.start()
    before = match.string[max(0, start - LONGEST_ANNOUNCEMENT) : start]
    return ANNOUNCED.search(before) is not None
