"""Owns the search for known phrases: word by word, in one pass over the text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

# By their first word, the phrases that begin with it, the longest first.
PhraseBook = Mapping[str, Sequence[tuple[str, ...]]]


# Nobody needs more evidence than this, and it bounds the time.
MOST_HITS = 100


class Hit(NamedTuple):
    """A phrase that was found, and the numbers of its first and last word."""

    phrase: str
    first: int
    last: int


def split_phrases(*texts: str) -> frozenset[str]:
    """Return the phrases that stand in `texts`, divided by commas."""
    return frozenset(
        " ".join(phrase.split()) for text in texts for phrase in text.split(",")
    )


def make_book(phrases: Iterable[str]) -> PhraseBook:
    """Return `phrases` (lower case, words separated by spaces) ready for searching."""
    book: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        book.setdefault(words[0], []).append(words)
    for found in book.values():
        found.sort(key=len, reverse=True)
    return book


def find_phrases(words: Sequence[str], book: PhraseBook) -> tuple[Hit, ...]:
    """Return the first `MOST_HITS` phrases, none overlapping; linear time.

    Where several begin with the same word, it is the longest.
    """
    hits = []
    free = 0
    for place, word in enumerate(words):
        if word not in book or place < free:
            continue
        for phrase in book[word]:
            end = place + len(phrase)
            if tuple(words[place:end]) == phrase:
                hits.append(Hit(phrase=" ".join(phrase), first=place, last=end - 1))
                free = end
                break
        if len(hits) >= MOST_HITS:
            break
    return tuple(hits)


def find_ranges(
    hits: Iterable[Hit], word_spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return where each hit begins and ends in the text the words were read from."""
    return [(word_spans[hit.first][0], word_spans[hit.last][1]) for hit in hits]
