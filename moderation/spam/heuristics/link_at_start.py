"""Looks for texts that begin with a link."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_link_at_start(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if nothing but punctuation stands before the first link.

    Catches advertisements that get to the point at once. Trips on honest comments that
    pass on an address with a word about it. Weight: alone worth 1.6 to 5 on three
    blogs; set lower, because other signals of links count the same texts.
    """
    if not submission.links:
        return None
    link = submission.links[0]
    if any(map(str.isalnum, submission.body[: link.start])):
        return None
    return Signal(
        name="link_at_start",
        weight=POINTS["link_at_start"],
        reason="The text begins with a link.",
        spans=mark("body", [(link.start, link.end)]),
    )
