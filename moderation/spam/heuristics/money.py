"""Looks for sums of money."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

MONEY = re.compile(
    r"[$€£₹]\s?[0-9][0-9.,]{0,15}+"
    r"|(?<![0-9.,])[0-9][0-9.,]{0,15}+\s?"
    r"(?:[€£₹]|usd\b|eur\b|dollars?\b|euros?\b|pounds?\b|btc\b|bitcoins?\b)",
    re.IGNORECASE,
)


def find_money(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text names a sum of money.

    Catches lenders, earners and lottery winners. Trips on honest talk about what
    things cost, treatment among them, so it weighs little. Weight: measured (design,
    section 6).
    """
    spans = mark("body", (m.span() for m in MONEY.finditer(submission.prose)))
    if not spans:
        return None
    return Signal(
        name="money",
        weight=POINTS["money"],
        reason="The text names a sum of money.",
        spans=spans,
    )
