"""Looks for author names that are phrases."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

FEWEST_WORDS = 4


def find_long_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name has four or more words.

    Catches search phrases in place of a name. Trips on full names of Spanish and
    Portuguese speakers. Weight: alone worth 1.0 on average of three blogs; set lower.
    """
    if len(submission.author.split()) < FEWEST_WORDS:
        return None
    return Signal(
        name="long_name",
        weight=POINTS["long_name"],
        reason="The author's name has the length of a phrase.",
        spans=mark("author", [(0, len(submission.author))]),
    )
