"""Looks for author names that advertise."""

from moderation.spam.context import Context
from moderation.spam.lists import PHRASE_INDEX, find_entries
from moderation.spam.points import POINTS
from moderation.spam.reading import find_word_spans, find_words, lower
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission
from moderation.spam.wordlist import NAME_WORDS

LONGEST_NAME = 245
# First names of people in Vietnam, Korea and Georgia; with them a name goes on.
FIRST_NAMES = ("Loan ", "Seo ", "Keto ")


def find_keyword_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name holds a word of trade or a listed phrase.

    Catches those who sign with the words they want to be found by. Trips on the rare
    surname or club that is such a word. Weight: fitted, see docs/model-card.md.
    """
    name = lower(submission.author[:LONGEST_NAME])
    words = find_words(name)
    spans = []
    if not NAME_WORDS.isdisjoint(words):
        places = zip(words, find_word_spans(name), strict=True)
        spans = [span for word, span in places if word in NAME_WORDS]
    if submission.author.startswith(FIRST_NAMES):
        spans = [(start, end) for start, end in spans if start]
    spans += find_entries(name, PHRASE_INDEX).values()
    if not spans:
        return None
    return Signal(
        name="keyword_name",
        weight=POINTS["keyword_name"],
        reason="The author signs with words that sell something.",
        spans=mark("author", sorted(set(spans))),
    )
