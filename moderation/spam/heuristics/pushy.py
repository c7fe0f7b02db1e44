"""Looks for several ways of promoting oneself at once."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

FEWEST = 2


def find_pushy(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a plea, own work, an invitation or a gift come together.

    Catches advertising for channels and pages. Trips on artists who thank their
    readers and ask them to look. Weight: fitted, see docs/model-card.md.
    """
    promotions = submission.promotions
    if len(promotions) < FEWEST:
        return None
    ranges = sorted(place for found in promotions.values() for place in found)
    return Signal(
        name="pushy",
        weight=POINTS["pushy"],
        reason="The text promotes its author in several ways at once.",
        spans=mark("body", ranges),
    )
