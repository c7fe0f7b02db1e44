"""Looks for authors who point at their own work."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.promotion import Promotion
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_own_work(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text names the author's channel, videos or music.

    Catches those who promote themselves under other people's works. Trips on artists
    among the readers.

    Weight: fitted, see docs/model-card.md.
    """
    if Promotion.OWN_WORK not in submission.promotions:
        return None
    return Signal(
        name="own_work",
        weight=POINTS["own_work"],
        reason="The text points at the author's own channel, videos or music.",
        spans=mark("body", submission.promotions[Promotion.OWN_WORK]),
    )
