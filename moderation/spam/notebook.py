"""Owns what a site has learnt while it is held in memory, without a database.

It is for runs over labelled files: each line is judged, then learnt. Services keep the
same sums in tables.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from moderation.spam.context import Twins
from moderation.spam.learning import (
    UNSEEN,
    Evidence,
    Label,
    Learnt,
    Tally,
    find_domains,
    find_fingerprint,
    find_words,
)
from moderation.spam.stacker import NOTHING, Terms, compute_terms
from moderation.spam.submission import Submission
from moderation.spam.twins import FEWEST_SHARED_KEYS, Sketch, are_twins

# As many as the database is asked for (`services.memory`).
MOST_PER_KEY, MOST_COMPARED = 60, 40

K = TypeVar("K")


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A text that was learnt: its sketch, its label, and its author's fingerprint."""

    sketch: Sketch
    label: Label
    author: str


class Notebook:
    """The sums of one site and its texts. Learning changes it; nothing else does."""

    def __init__(self) -> None:
        self._totals = UNSEEN
        self._words: dict[int, Tally] = {}
        self._signals: dict[str, Tally] = {}
        self._domains: dict[str, Tally] = {}
        self._authors: dict[str, Tally] = {}
        self._terms: Terms = NOTHING
        self._texts: list[Noted] = []
        self._places: defaultdict[int, list[int]] = defaultdict(list)

    def read(self, submission: Submission) -> Learnt:
        """Return what was learnt that concerns a submission."""
        return Learnt(
            totals=self._totals,
            words=_choose(self._words, find_words(submission)),
            signals=self._signals,
            domains=_choose(self._domains, find_domains(submission)),
            author=self._authors.get(find_fingerprint(submission), UNSEEN),
            terms=self._terms,
        )

    def find_twins(self, submission: Submission, sketch: Sketch) -> Twins:
        """Return how many of the texts learnt say the same in other words."""
        shared = Counter(
            place for key in sketch.keys for place in self._places[key][-MOST_PER_KEY:]
        )
        texts = [
            self._texts[place]
            for place, count in shared.most_common(MOST_COMPARED)
            if count >= FEWEST_SHARED_KEYS
        ]
        twins = [text for text in texts if are_twins(sketch, text.sketch)]
        author = find_fingerprint(submission)
        own = [text for text in twins if author and text.author == author]
        return Twins(
            spam=sum(text.label is Label.SPAM for text in twins),
            approved=sum(text.label is Label.HAM for text in twins),
            by_same_author=len(own),
            approved_by_same_author=sum(text.label is Label.HAM for text in own),
        )

    def learn(self, evidence: Evidence, inputs: Iterable[int], label: Label) -> None:
        """Add a comment with its label and the inputs its judgement gave."""
        one = Tally(spam=int(label is Label.SPAM), ham=int(label is Label.HAM))
        self._totals = _add(self._totals, one)
        _count(self._words, evidence.words, one)
        _count(self._signals, evidence.signals, one)
        _count(self._domains, evidence.domains, one)
        _count(self._authors, filter(None, [evidence.author]), one)
        terms = compute_terms(tuple(inputs), is_spam=label is Label.SPAM)
        self._terms = tuple(map(sum, zip(self._terms, terms, strict=True)))

    def note_text(self, submission: Submission, sketch: Sketch, label: Label) -> None:
        """Remember a text by its sketch, to find near-duplicates of it."""
        author = find_fingerprint(submission)
        self._texts.append(Noted(sketch=sketch, label=label, author=author))
        for key in sketch.keys:
            self._places[key].append(len(self._texts) - 1)


def _choose(tallies: Mapping[K, Tally], keys: Iterable[K]) -> Mapping[K, Tally]:
    return {key: tallies[key] for key in keys if key in tallies}


def _count(tallies: dict[K, Tally], keys: Iterable[K], one: Tally) -> None:
    for key in keys:
        tallies[key] = _add(tallies.get(key, UNSEEN), one)


def _add(tally: Tally, other: Tally) -> Tally:
    return Tally(spam=tally.spam + other.spam, ham=tally.ham + other.ham)
