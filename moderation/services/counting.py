"""Owns the counting of lessons that were kept uncounted: those of imports.

A large import would change each word's sum again and again. Added up in memory first,
many thousand lessons change it once. That a lesson is not counted yet is stored with
it, so a run that is killed loses nothing.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from moderation.services.sums import (
    WORD_BYTES,
    Change,
    Taken,
    add_sums_up,
    add_terms,
    list_features,
    merge_counts,
    unpack_words,
)
from moderation.spam.learning import Label
from moderation.spam.stacker import NOTHING
from moderation.storage.models import Comment, Lesson

# Others who write wait that long, about two seconds.
MOST_AT_ONCE = 20_000
# Above this, so many words differ that a table of all there can be is smaller.
MANY = 2_000
ROWS_AT_ONCE = 500
WORDS = 256**WORD_BYTES
WORDS_AT_ONCE = WORDS // 8
# Of each word there are two bytes beside each other.
_BYTES = {Label.SPAM: 0, Label.HAM: 1}
_FULL = 255
_SEEN = re.compile(rb"[^\0]+")


def count_lessons(session: Session, site_id: int, *, most: int = MOST_AT_ONCE) -> int:
    """Add some lessons of a site to its sums; return how many.

    Those kept first come first. Call it until it returns 0.
    """
    query = _select_uncounted(site_id).limit(most)
    ids = session.scalars(query.with_for_update(of=Lesson)).all()
    if not ids:
        return 0
    sums = Pile() if len(ids) > MANY else Change()
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[start : start + ROWS_AT_ONCE]
        for lesson in session.execute(
            select(Lesson.label, Lesson.words, Lesson.features, Lesson.terms).where(
                Lesson.comment_id.in_(some)
            )
        ):
            sums.add(lesson)
        session.execute(
            update(Lesson)
            .where(Lesson.comment_id.in_(some))
            .values(is_counted=True)
            .execution_options(synchronize_session=False)
        )
    add_sums_up(session, site_id, sums)
    return len(ids)


def list_uncounted(session: Session) -> Sequence[int]:
    """Return the ids of the sites that have lessons to be counted."""
    return session.scalars(
        select(Comment.site_id)
        .join(Lesson, Lesson.comment_id == Comment.id)
        .where(~Lesson.is_counted)
        .distinct()
        .order_by(Comment.site_id)
    ).all()


def _select_uncounted(site_id: int) -> Select[Any]:
    return (
        select(Lesson.comment_id)
        .join(Comment, Comment.id == Lesson.comment_id)
        .where(~Lesson.is_counted, Comment.site_id == site_id)
        .order_by(Lesson.comment_id)
    )


class Pile:
    """Many lessons added up, in memory bounded by their number."""

    def __init__(self) -> None:
        self.totals: Counter[Label] = Counter()
        self.terms: Sequence[int] = list(NOTHING)
        self._words: Mapping[Label, list[Sequence[int]]] = {x: [] for x in Label}
        self._features: Mapping[Label, Counter[tuple[str, str]]] = {
            label: Counter() for label in Label
        }

    def add(self, lesson: Taken) -> None:
        """Add a lesson."""
        self.totals[lesson.label] += 1
        if lesson.terms:
            self.terms = add_terms(self.terms, lesson.terms)
        self._features[lesson.label].update(list_features(lesson))
        self._words[lesson.label].append(unpack_words(lesson.words))

    def list_words(self) -> Iterator[tuple[int, int, int]]:
        """Yield the words, in ascending order, with their spam and ham."""
        for first in range(0, WORDS, WORDS_AT_ONCE):
            yield from self._count_range(first)

    def list_features(self) -> Iterator[tuple[tuple[str, str], int, int]]:
        """Yield kinds with keys likewise."""
        return merge_counts(self._features)

    def _count_range(self, first: int) -> Iterator[tuple[int, int, int]]:
        """Yield the words from `first` on: a table of all would take eight times."""
        counts = bytearray(WORDS_AT_ONCE * len(_BYTES))
        # What is more than a byte holds, by place.
        more: Counter[int] = Counter()
        for label, lessons in self._words.items():
            shift = _BYTES[label] - 2 * first
            for words in lessons:
                start = bisect_left(words, first)
                end = bisect_left(words, first + WORDS_AT_ONCE, start)
                for word in words[start:end]:
                    place = word + word + shift
                    if counts[place] == _FULL:
                        more[place] += _FULL
                        counts[place] = 0
                    counts[place] += 1
        for match in _SEEN.finditer(counts):
            for word in range(match.start() // 2, (match.end() + 1) // 2):
                place = word + word
                spam, ham = counts[place], counts[place + 1]
                # Few words are in more lessons than a byte can count.
                if more:
                    spam += more.get(place, 0)
                    ham += more.get(place + 1, 0)
                yield first + word, spam, ham
