"""Owns the phrases that say somebody may be in danger, and finding them in a text.

Found phrases put a comment before a person. They say nothing about its author, and
nothing about spam: docs/care.md has the list, what it can't do, and how to change it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from moderation.spam.rule_words import find_words, split_words
from moderation.spam.signal import MOST_SPANS, Signal, mark
from moderation.spam.submission import Submission

CARE = "care"
REASON = "Its words suggest that its author may be in danger. Please read it first."
# What people say of themselves, not the words for the subject: those who write about it
# are many, and need no help.
SHIPPED_PHRASES = (
    "kill myself",
    "killing myself",
    "end my life",
    "ending my life",
    "take my own life",
    "taking my own life",
    "want to die",
    "wanna die",
    "don't want to live",
    "do not want to live",
    "no reason to live",
    "better off without me",
    "better off dead",
    "I am suicidal",
    "I'm suicidal",
    "feel suicidal",
    "harm myself",
    "hurting myself",
    "afraid for my life",
    "mich umbringen",
    "bringe mich um",
    "bring mich um",
    "mir das Leben nehmen",
    "nehme mir das Leben",
    "will sterben",
    "möchte sterben",
    "will nicht mehr leben",
    "nicht mehr leben will",
    "möchte nicht mehr leben",
    "nicht mehr leben möchte",
    "keinen Grund mehr zu leben",
    "ohne mich besser dran",
    "mich selbst verletzen",
    "mir etwas antun",
    "Angst um mein Leben",
)

Phrases = tuple[str, ...]


def find_care(submission: Submission, phrases: Phrases) -> Signal | None:
    """Return the evidence that a person should read this first, None if there is none.

    It weighs nothing. Phrases match whole words, however they are written; the time is
    linear in the text, whatever the phrases.
    """
    if not phrases:
        return None
    spans = mark("body", _find_ranges(submission.body, phrases))
    return Signal(name=CARE, weight=0.0, reason=REASON, spans=spans) if spans else None


def _find_ranges(text: str, phrases: Phrases) -> Sequence[tuple[int, int]]:
    book = _compile(phrases)
    texts, spans = find_words(text)
    found: list[tuple[int, int]] = []
    for place, word in enumerate(texts):
        for phrase in book.get(word, ()):
            end = place + len(phrase)
            if tuple(texts[place:end]) == phrase:
                found.append((spans[place][0], spans[end - 1][1]))
                break
        if len(found) == MOST_SPANS:
            break
    return found


@lru_cache(maxsize=64)
def _compile(phrases: Phrases) -> Mapping[str, Collection[tuple[str, ...]]]:
    """Return the phrases as words, by the first; the same ones are split once."""
    book: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in phrases:
        words = split_words(phrase)
        if words:
            book[words[0]].append(words)
    return book
