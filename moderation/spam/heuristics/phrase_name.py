"""Looks for author names that are phrases."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

FEWEST_WORDS, FEWEST_SMALL = 3, 2


def find_phrase_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the name has three words or more, two in small letters.

    Catches search phrases in place of a name. Trips on people who write their full
    name in small letters. Names in other letters than English ones never count.
    Weight: fitted, see docs/model-card.md.
    """
    words = submission.author.split()
    small = sum(word[0].islower() for word in words)
    is_phrase = len(words) >= FEWEST_WORDS and small >= FEWEST_SMALL
    if not is_phrase or not submission.author.isascii():
        return None
    return Signal(
        name="phrase_name",
        weight=POINTS["phrase_name"],
        reason="The author's name reads like a search phrase.",
        spans=mark("author", [(0, len(submission.author))]),
    )
