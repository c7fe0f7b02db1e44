"""Owns the sums of what a site has learnt: each change adds lessons or takes some off.

A lesson holds what a comment shows of words and features. The row of the site's totals
is locked before all others.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.spam.learning import Label
from moderation.spam.stacker import NOTHING
from moderation.storage.models import LearntFeature, LearntSite, LearntWord
from moderation.storage.tallies import add_rows, add_sums

K = TypeVar("K", int, tuple[str, str])

WordRow = tuple[int, int, int, int]
FeatureRow = tuple[int, str, str, int, int]

WORD_BYTES, WIDE_BYTES = 3, 4
ROWS_AT_ONCE = 2_000


class Taken(Protocol):
    """A lesson as it was kept."""

    @property
    def label(self) -> Label:
        """What was taught."""

    @property
    def words(self) -> bytes:
        """Packed words."""

    @property
    def features(self) -> Mapping[str, Sequence[str]]:
        """Keys by kind."""

    @property
    def terms(self) -> Sequence[int]:
        """What the stacker was given."""


class Change:
    """What is to be added to a site's sums, by label; less than 0 takes back."""

    def __init__(self) -> None:
        self.totals: Counter[Label] = Counter()
        self.words: Mapping[Label, Counter[int]] = {x: Counter() for x in Label}
        self.features: Mapping[Label, Counter[tuple[str, str]]] = {
            label: Counter() for label in Label
        }
        self.terms: list[int] = list(NOTHING)

    def add(self, lesson: Taken) -> None:
        """Add a lesson."""
        self.totals[lesson.label] += 1
        self.words[lesson.label].update(unpack_words(lesson.words))
        self.features[lesson.label].update(list_features(lesson))
        self.terms = add_terms(self.terms, lesson.terms)

    def take_back(self, lesson: Taken) -> None:
        """Take a lesson off again."""
        self.totals[lesson.label] -= 1
        self.words[lesson.label].subtract(unpack_words(lesson.words))
        self.features[lesson.label].subtract(list_features(lesson))
        self.terms = add_terms(self.terms, [-term for term in lesson.terms])

    def list_words(self, site_id: int) -> Iterator[WordRow]:
        """Yield what changes of words, in order."""
        for word, spam, ham in merge_counts(self.words):
            yield site_id, word, spam, ham

    def list_features(self, site_id: int) -> Iterator[FeatureRow]:
        """Yield what changes of features, in order."""
        for (kind, key), spam, ham in merge_counts(self.features):
            yield site_id, kind, key, spam, ham


class Sums(Protocol):
    """What is to be added to the sums of a site; less than 0 takes back."""

    @property
    def totals(self) -> Mapping[Label, int]:
        """The numbers of comments."""

    @property
    def terms(self) -> Sequence[int]:
        """The sums of the stacker."""

    def list_words(self, site_id: int) -> Iterator[WordRow]:
        """Yield rows of words, in ascending order, with the spam and the ham to add."""

    def list_features(self, site_id: int) -> Iterator[FeatureRow]:
        """Yield rows of kinds with keys likewise."""


def add_sums_up(session: Session, site_id: int, sums: Sums) -> None:
    """Add to the sums, the site's own row first: it is the lock of all the others."""
    site = lock_sums(session, site_id)
    site.spam += sums.totals[Label.SPAM]
    site.ham += sums.totals[Label.HAM]
    site.terms = add_terms(site.terms, sums.terms)
    session.flush()
    words, features = sums.list_words(site_id), sums.list_features(site_id)
    # A few at a time: an import changes hundreds of thousands.
    while some := list(islice(words, ROWS_AT_ONCE)):
        add_sums(session, LearntWord, some)
    while more := list(islice(features, ROWS_AT_ONCE)):
        add_sums(session, LearntFeature, more)


def lock_sums(session: Session, site_id: int) -> LearntSite:
    """Return the site's sums, made if need be, for this transaction to change."""
    none = {"site_id": site_id, "spam": 0, "ham": 0, "terms": []}
    add_rows(session, LearntSite, [none])
    return session.scalars(
        select(LearntSite)
        .where(LearntSite.site_id == site_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def merge_counts(counts: Mapping[Label, Counter[K]]) -> Iterator[tuple[K, int, int]]:
    """Yield what changes, in order of its key, with the spam and the ham to add."""
    spam, ham = counts[Label.SPAM], counts[Label.HAM]
    for key in sorted(spam.keys() | ham.keys()):
        # Not by index: of what is missing, a Counter takes long to say 0.
        spam_step, ham_step = spam.get(key, 0), ham.get(key, 0)
        if spam_step or ham_step:
            yield key, spam_step, ham_step


def add_terms(terms: Sequence[int], more: Sequence[int]) -> list[int]:
    """Return the sums. What another version's stacker left has another length."""
    if len(more) != len(NOTHING):
        more = NOTHING
    if len(terms) != len(NOTHING):
        terms = NOTHING
    return [one + other for one, other in zip(terms, more, strict=True)]


def list_features(lesson: Taken) -> list[tuple[str, str]]:
    """Return what a lesson has beside words, as kinds with keys."""
    return [(kind, key) for kind, keys in lesson.features.items() for key in keys]


def pack_words(words: Iterable[int]) -> bytes:
    """Return hashed words one after the other, in ascending order."""
    # By slices, which takes a tenth of the time of one word after the other.
    numbers = array("I", sorted(words))
    if sys.byteorder == "little":
        numbers.byteswap()
    wide = numbers.tobytes()
    packed = bytearray(len(numbers) * WORD_BYTES)
    for place in range(WORD_BYTES):
        packed[place::WORD_BYTES] = wide[place + 1 :: WIDE_BYTES]
    return bytes(packed)


def unpack_words(packed: bytes | bytearray) -> Sequence[int]:
    """Return the hashed words that `pack_words` packed."""
    wide = bytearray(len(packed) // WORD_BYTES * WIDE_BYTES)
    for place in range(WORD_BYTES):
        wide[place + 1 :: WIDE_BYTES] = packed[place::WORD_BYTES]
    words = array("I", bytes(wide))
    if sys.byteorder == "little":
        words.byteswap()
    return words
