"""Looks for pleas for attention."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.promotion import Promotion
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_plea(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text begs for subscribers, likes or votes.

    Catches those who collect them under other people's videos and posts. Trips on
    campaigners who ask to share a petition.

    Weight: fitted, see docs/model-card.md.
    """
    if Promotion.PLEA not in submission.promotions:
        return None
    return Signal(
        name="plea",
        weight=POINTS["plea"],
        reason="The text begs for subscribers, likes or votes.",
        spans=mark("body", submission.promotions[Promotion.PLEA]),
    )
