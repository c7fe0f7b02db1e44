"""Owns how the prior is fitted on labelled comments (docs/model-card.md)."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from moderation.spam.beliefs import BELIEFS, WEAKER, find_bounds
from moderation.spam.cold import make_cold_context
from moderation.spam.prior import (
    BASELINE,
    BLOG_WORDS,
    DAMPING_WORDS,
    STEP,
    VIDEO_WORDS,
    Prior,
)
from moderation.spam.registry import HEURISTICS
from moderation.spam.regression import (
    Case,
    Limits,
    PointCase,
    fit_bounded,
    fit_sparse,
)
from moderation.spam.submission import Submission

# A word is kept if this many comments, of this many authors, have it.
LEAST_COMMENTS, LEAST_AUTHORS = 4, 3
WORD_PENALTY, POINT_PULL = 1.0, 6.0
# All spam counts as much as this many rows, and all ham likewise; a group counts by
# the root of its size, or one busy bot would set the weights.
CLASS_WEIGHT = 500.0
# Groups of this family teach self-promotion; among the points they count for a fifth,
# because what they say of blogs is little.
VIDEOS, VIDEO_FACTOR = "youtube", 0.2
MOST_STEPS = 127
DECIMALS = 2

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Example:
    """One labelled comment as the fit sees it.

    `group` is the blog or video it stems from. `signals` are names of the points table.
    """

    group: str
    author: str
    is_spam: bool
    signals: frozenset[str]
    hashes: frozenset[int]


def make_example(submission: Submission, *, group: str, is_spam: bool) -> Example:
    """Return a labelled submission as the fit sees it."""
    context = make_cold_context(submission)
    found = (heuristic(submission, context) for heuristic in HEURISTICS)
    names = {signal.name for signal in found if signal}
    return Example(
        group=group,
        author=submission.author,
        is_spam=is_spam,
        signals=frozenset(names & BELIEFS.keys()),
        hashes=frozenset(submission.hashes),
    )


def fit_prior(
    examples: Sequence[Example], *, report: Progress = lambda _step: None
) -> Prior:
    """Return the prior fitted on `examples`, the same for the same examples.

    First the words; then the points, on word scores of models that never saw the
    comment's own group: on words it knows by heart a model would trust them too much.
    """
    models = _WordModels(examples, report)
    groups = frozenset(example.group for example in examples)
    unseen = {group: _fit_unseen(models, groups, group) for group in sorted(groups)}
    weights = _weigh(examples, video_factor=VIDEO_FACTOR)
    report("points")
    cases = [
        PointCase(
            values=_read_values(example, unseen[example.group]),
            weight=weight,
            is_spam=example.is_spam,
        )
        for example, weight in zip(examples, weights, strict=True)
    ]
    added = fit_bounded(cases, {name: _find_limits(name) for name in BELIEFS})
    return Prior(
        points=_add_weaker(added),
        blog_words=models.get(BLOG_WORDS, groups),
        video_words=models.get(VIDEO_WORDS, groups),
    )


class _WordModels:
    """The word models by the groups they may see, each fitted once."""

    def __init__(self, examples: Sequence[Example], report: Progress) -> None:
        self._examples = examples
        self._report = report
        self._fitted: dict[tuple[str, frozenset[str]], Mapping[int, int]] = {}

    def get(self, kind: str, groups: frozenset[str]) -> Mapping[int, int]:
        """Return the model of `kind`, empty if there is no spam or no ham for it.

        Both kinds learn from the ham of all `groups`, each from spam of its own.
        """
        key = (kind, groups)
        if key not in self._fitted:
            chosen = [e for e in self._examples if e.group in groups]
            chosen = [e for e in chosen if not e.is_spam or _find_kind(e.group) == kind]
            self._report(f"{kind} of {len(groups)} groups")
            has_both = {e.is_spam for e in chosen} == {True, False}
            self._fitted[key] = _fit_words(chosen) if has_both else {}
        return self._fitted[key]


def _find_kind(group: str) -> str:
    return VIDEO_WORDS if group.startswith(VIDEOS) else BLOG_WORDS


def _fit_unseen(models: _WordModels, groups: frozenset[str], group: str) -> Prior:
    """Return the word models for comments of `group`, fitted without it.

    The words of blogs also without all of its kind where it is a video: videos bring
    them only ham, and one would vouch for the other.
    """
    is_video = _find_kind(group) == VIDEO_WORDS
    blogs = frozenset(g for g in groups if _find_kind(g) == BLOG_WORDS)
    return Prior(
        points={},
        blog_words=models.get(BLOG_WORDS, blogs if is_video else groups - {group}),
        video_words=models.get(VIDEO_WORDS, groups - {group}),
    )


def _fit_words(examples: Sequence[Example]) -> Mapping[int, int]:
    """Return the weight of each word in steps, without those that round to none."""
    vocabulary = _choose_words(examples)
    places = {number: place for place, number in enumerate(vocabulary)}
    cases = [
        Case(
            present=[places[n] for n in sorted(example.hashes) if n in places],
            scale=1 / math.sqrt(len(example.hashes) + DAMPING_WORDS),
            weight=weight,
            is_spam=example.is_spam,
        )
        for example, weight in zip(examples, _weigh(examples), strict=True)
    ]
    fitted = fit_sparse(cases, size=len(vocabulary), penalty=WORD_PENALTY)
    steps = (max(-MOST_STEPS, min(MOST_STEPS, round(w / STEP))) for w in fitted)
    return {n: step for n, step in zip(vocabulary, steps, strict=True) if step}


def _choose_words(examples: Sequence[Example]) -> list[int]:
    """Return the hashes that enough comments of enough authors have, ascending."""
    counts = Counter(number for example in examples for number in example.hashes)
    often = {number for number, count in counts.items() if count >= LEAST_COMMENTS}
    authors: dict[int, set[tuple[str, str]]] = {number: set() for number in often}
    for example in examples:
        for number in example.hashes & often:
            authors[number].add((example.group, example.author))
    return sorted(n for n, names in authors.items() if len(names) >= LEAST_AUTHORS)


def _weigh(examples: Sequence[Example], *, video_factor: float = 1.0) -> list[float]:
    """Return how much each example counts."""
    sizes = Counter((example.group, example.is_spam) for example in examples)
    raw = [
        (video_factor if _find_kind(example.group) == VIDEO_WORDS else 1.0)
        / math.sqrt(sizes[example.group, example.is_spam])
        for example in examples
    ]
    totals = {
        flag: math.fsum(
            weight
            for weight, example in zip(raw, examples, strict=True)
            if example.is_spam is flag
        )
        for flag in (False, True)
    }
    return [
        CLASS_WEIGHT * weight / totals[example.is_spam]
        for weight, example in zip(raw, examples, strict=True)
    ]


def _read_values(example: Example, unseen: Prior) -> Mapping[str, float]:
    weaker = (w for name in example.signals for w in WEAKER.get(name, ()))
    values = dict.fromkeys((BASELINE, *example.signals, *weaker), 1.0)
    words = {
        BLOG_WORDS: unseen.score_blog_words(example.hashes),
        VIDEO_WORDS: unseen.score_video_words(example.hashes),
    }
    return values | {name: score for name, score in words.items() if score}


def _find_limits(name: str) -> Limits:
    least, most = find_bounds(name)
    pull = 0.0 if name == BASELINE else POINT_PULL
    return Limits(belief=BELIEFS[name], least=least, most=most, pull=pull)


def _add_weaker(added: Mapping[str, float]) -> Mapping[str, float]:
    """Return the points of each signal, those of its weaker forms included."""
    return {
        name: round(points + sum(added[w] for w in WEAKER.get(name, ())), DECIMALS)
        for name, points in sorted(added.items())
    }
