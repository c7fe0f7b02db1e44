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

# Words are counted range by range: a dictionary of all would take 100 MB.
RANGES = 32
WORDS_AT_ONCE = 256**WORD_BYTES // RANGES


class Pile:
    """The sums of many lessons. Add them all, then `sum_up`, then ask for rows.

    Takes a kilobyte for each lesson, of which there must be less than 65,536.
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
        self._words[lesson.label].add(lesson.words)

    def sum_up(self) -> None:
        """Count the words, and keep nothing of the lessons."""
        all_spam, all_ham = self._words[Label.SPAM], self._words[Label.HAM]
        for number in range(RANGES):
            spam, ham = all_spam.count(number), all_ham.count(number)
            words = sorted(spam.keys() | ham.keys())
            # Not by index: of what is missing, a Counter takes long to say 0.
            self._sums.append(
                (
                    array("I", words),
                    array("H", map(spam.get, words, repeat(0))),
                    array("H", map(ham.get, words, repeat(0))),
                )
            )

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
    """The words of lessons, those of each range together, packed as they were kept."""

    def __init__(self) -> None:
        self._ranges = [bytearray() for _ in range(RANGES)]

    def add(self, packed: bytes) -> None:
        """Add those of a lesson, which are in order."""
        words = unpack_words(packed)
        start, last = 0, 0
        for found in self._ranges:
            last += WORDS_AT_ONCE
            stop = bisect_left(words, last, start)
            found.extend(packed[start * WORD_BYTES : stop * WORD_BYTES])
            start = stop

    def count(self, number: int) -> Counter[int]:
        """Return how many lessons have each word of a range; it is empty then."""
        packed, self._ranges[number] = self._ranges[number], bytearray()
        return Counter(unpack_words(packed))
