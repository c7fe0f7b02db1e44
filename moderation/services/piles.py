"""Owns the pile: many lessons added up in memory, as rows ready to be stored.

It takes 3 µs for each word that differs where a loop in Python takes ten, so nearly all
of it is done by what runs in C: dictionaries that count, and arrays.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat

from moderation.services.sums import (
    WORD_BYTES,
    FeatureRow,
    Taken,
    WordRow,
    add_terms,
    list_features,
    merge_counts,
    unpack_words,
)
from moderation.spam.learning import Label
from moderation.spam.stacker import NOTHING

WORDS = 256**WORD_BYTES
# Counted at once: a dictionary of all words of many lessons would take 100 MB.
WORDS_AT_ONCE = WORDS // 8


class Pile:
    """The sums of many lessons. Add them all, then `sum_up`, then ask for rows.

    Takes about 600 bytes for each lesson.
    """

    def __init__(self) -> None:
        self.totals: Counter[Label] = Counter()
        self.terms: Sequence[int] = list(NOTHING)
        self._words: Mapping[Label, _Words] = {label: _Words() for label in Label}
        self._features: Mapping[Label, Counter[tuple[str, str]]] = {
            label: Counter() for label in Label
        }
        self._sums: list[tuple[Sequence[int], Sequence[int], Sequence[int]]] = []

    def add(self, lesson: Taken) -> None:
        """Add a lesson."""
        self.totals[lesson.label] += 1
        if lesson.terms:
            self.terms = add_terms(self.terms, lesson.terms)
        self._features[lesson.label].update(list_features(lesson))
        self._words[lesson.label].add(unpack_words(lesson.words))

    def sum_up(self) -> None:
        """Count the words, and keep nothing of the lessons."""
        for last in range(WORDS_AT_ONCE, WORDS + 1, WORDS_AT_ONCE):
            spam = self._words[Label.SPAM].count_below(last)
            ham = self._words[Label.HAM].count_below(last)
            words = sorted(spam.keys() | ham.keys())
            # Not by index: of what is missing, a Counter takes long to say 0.
            self._sums.append(
                (
                    array("I", words),
                    array("I", map(spam.get, words, repeat(0))),
                    array("I", map(ham.get, words, repeat(0))),
                )
            )
        self._words = {}

    def list_words(self, site_id: int) -> Iterator[WordRow]:
        """Yield the rows of words, in order, with their spam and ham."""
        return chain.from_iterable(
            zip(repeat(site_id), words, spam, ham) for words, spam, ham in self._sums
        )

    def list_features(self, site_id: int) -> Iterator[FeatureRow]:
        """Yield the rows of features likewise."""
        for (kind, key), spam, ham in merge_counts(self._features):
            yield site_id, kind, key, spam, ham


class _Words:
    """The words of lessons, one lesson behind the other, in order within each.

    `_next` is where of each lesson the words stand that were not counted yet.
    """

    def __init__(self) -> None:
        self._all = array("I")
        self._next: list[int] = []
        self._ends: list[int] = []

    def add(self, words: Sequence[int]) -> None:
        self._next.append(len(self._all))
        self._all.extend(words)
        self._ends.append(len(self._all))

    def count_below(self, last: int) -> Counter[int]:
        """Return how many lessons have each of their next words below `last`."""
        words, found = self._all, array("I")
        for place, (start, end) in enumerate(zip(self._next, self._ends, strict=True)):
            stop = bisect_left(words, last, start, end)
            if stop > start:
                found += words[start:stop]
                self._next[place] = stop
        return Counter(found)
