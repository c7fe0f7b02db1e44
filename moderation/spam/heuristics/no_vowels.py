"""Looks for words that nobody can pronounce."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

VOWELS = frozenset("aeiouy")
SHORTEST, FEWEST = 5, 2


def find_no_vowels(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if two words, or the only one, have letters but no vowel.

    Catches random letters. Trips on abbreviations and program code, so it weighs
    little. Weight: fitted, see docs/model-card.md.
    """
    long = [word for word in submission.vocabulary if len(word) >= SHORTEST]
    if not any(map(VOWELS.isdisjoint, long)):
        return None
    words = submission.words
    places = [place for place, word in enumerate(words) if _is_random(word)]
    if not places or (len(places) < FEWEST and len(places) < len(words)):
        return None
    return Signal(
        name="no_vowels",
        weight=POINTS["no_vowels"],
        reason="There are words that nobody can pronounce.",
        spans=mark("body", (submission.word_spans[place] for place in places)),
    )


def _is_random(word: str) -> bool:
    return (
        VOWELS.isdisjoint(word)
        and len(word) >= SHORTEST
        and word.isascii()
        and word.isalpha()
    )
