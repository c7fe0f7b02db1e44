"""Looks for texts without any link (a cue for honesty)."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def find_no_link(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal against spam if the text holds no link at all.

    Speaks for most honest comments. Spam without link has little to gain; what it has,
    a website, a telephone number or an e-mail address, other heuristics weigh. Weight:
    measured (design, section 6).
    """
    if submission.links:
        return None
    return Signal(
        name="no_link", weight=POINTS["no_link"], reason="The text has no link."
    )
