"""Looks for invitations to look at something else."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.promotion import Promotion
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_invitation(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text invites to check out or to follow.

    Catches those who draw readers away. Trips on honest recommendations.

    Weight: fitted, see docs/model-card.md.
    """
    if Promotion.INVITATION not in submission.promotions:
        return None
    return Signal(
        name="invitation",
        weight=POINTS["invitation"],
        reason="The text invites to look at something else.",
        spans=mark("body", submission.promotions[Promotion.INVITATION]),
    )
