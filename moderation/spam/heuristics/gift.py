"""Looks for gifts that are none."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.promotion import Promotion
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_gift(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text offers gifts and easy money.

    Catches gift cards for a click and payments for nothing. Trips on talk about such
    offers, and on who asks to donate.

    Weight: fitted, see docs/model-card.md.
    """
    if Promotion.GIFT not in submission.promotions:
        return None
    return Signal(
        name="gift",
        weight=POINTS["gift"],
        reason="The text offers gifts or easy money.",
        spans=mark("body", submission.promotions[Promotion.GIFT]),
    )
