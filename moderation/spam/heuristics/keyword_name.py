"""Looks for author names that advertise."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.reading import find_word_spans, find_words
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission
from moderation.spam.wordlist import NAME_WORDS


def find_keyword_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name holds a word of trade.

    Catches those who sign with the words they want to be found by. Trips on the rare
    surname or club that is such a word. Weight: not measured, conservative.
    """
    words = find_words(submission.author)
    if NAME_WORDS.isdisjoint(words):
        return None
    places = zip(words, find_word_spans(submission.author), strict=True)
    return Signal(
        name="keyword_name",
        weight=POINTS["keyword_name"],
        reason="The author signs with words that sell something.",
        spans=mark("author", (span for word, span in places if word in NAME_WORDS)),
    )
