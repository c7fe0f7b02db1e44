"""Looks for phrases of our own list of what spam sells."""

from moderation.spam.context import Context
from moderation.spam.phrases import find_phrases, find_ranges, make_book
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission
from moderation.spam.wordlist import PHRASES

BOOK = make_book(PHRASES)
# The number of different phrases from which each weight counts, the highest first.
STEPS = ((5, "listed_phrases_5"), (2, "listed_phrases_2"), (1, "listed_phrases_1"))


def find_listed_phrases(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal that grows with the number of different listed phrases.

    Catches offers of casinos, loans, spells, replicas and search engine ranking. Trips
    on honest talk about these trades; one hit is therefore weak. Names of drugs alone
    are not listed. Weights: measured with a longer list (design, section 6).
    """
    hits = find_phrases(submission.words, BOOK)
    phrases = list(dict.fromkeys(hit.phrase for hit in hits))
    for fewest, name in STEPS:
        if len(phrases) >= fewest:
            return Signal(
                name="listed_phrases",
                weight=POINTS[name],
                reason=f"Phrases often seen in spam: {', '.join(phrases[:5])}.",
                spans=mark("body", find_ranges(hits, submission.word_spans)),
            )
    return None
