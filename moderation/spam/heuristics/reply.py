"""Looks for replies to other comments (a cue for honesty)."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def find_reply(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal against spam if the comment answers another one.

    Speaks for conversations; programs mostly post at the top. They could learn, so the
    weight stays at -1. Weight: measured (design, section 6).
    """
    if not submission.is_reply:
        return None
    return Signal(
        name="reply",
        weight=POINTS["reply"],
        reason="The comment answers another one.",
    )
