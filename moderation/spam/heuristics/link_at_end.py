"""Looks for texts that end with a link."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_link_at_end(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if nothing but punctuation stands after the last link.

    Catches a friendly text with the address to promote at its end. Trips on honest
    comments that close with their source or a signature. Weight: measured (design,
    section 6).
    """
    if not submission.links:
        return None
    link = submission.links[-1]
    if any(map(str.isalnum, submission.body[link.end :])):
        return None
    return Signal(
        name="link_at_end",
        weight=POINTS["link_at_end"],
        reason="The text ends with a link.",
        spans=mark("body", [(link.start, link.end)]),
    )
