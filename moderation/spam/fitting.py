"""Owns how the prior is fitted on labelled comments (docs/model-card.md)."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from moderation.spam.beliefs import BELIEFS, WEAKER, find_bounds
from moderation.spam.cold import make_cold_context
from moderation.spam.prior import (
    BASELINE,
    BLOG_WORDS,
    DAMPING_WORDS,
    STEP,
    VIDEO_LETTERS,
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
from moderation.spam.words import hash_letters

# A word is kept if this many comments, of this many authors, have it.
LEAST_COMMENTS, LEAST_AUTHORS = 4, 3
WORD_PENALTY, POINT_PULL = 1.0, 4.0
# Letters say more together, each may say less; chosen by leaving out one video.
LETTER_PENALTY, MOST_OF_GROUP = 0.3, 1_500
# In one fit with words, letters have these numbers.
FIRST_LETTERS = 1 << 24
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

    `group` is the blog or video it stems from. `signals` are names of the points table,
    `words` those of the body that differ.
    """

    group: str
    author: str
    is_spam: bool
    signals: frozenset[str]
    hashes: frozenset[int]
    words: Sequence[str] = ()


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
        words=tuple(dict.fromkeys(map(intern, submission.counted_words))),
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
        **_split_letters(models.get(VIDEO_WORDS, groups)),
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
            fit = _fit_words if kind == BLOG_WORDS else _fit_words_and_letters
            self._fitted[key] = fit(chosen) if has_both else {}
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
        **_split_letters(models.get(VIDEO_WORDS, groups - {group})),
    )


def _fit_words(examples: Sequence[Example]) -> Mapping[int, int]:
    """Return the weight of each word in steps, without those that round to none."""
    return _fit_tokens(
        examples,
        [sorted(example.hashes) for example in examples],
        penalty=WORD_PENALTY,
    )


def _fit_words_and_letters(examples: Sequence[Example]) -> Mapping[int, int]:
    """Return the like for words and, above `FIRST_LETTERS`, for letters in a row.

    Fitted together, so that letters only say what the words don't. Of a large group
    not all examples are read: with letters that takes very long.
    """
    chosen = _thin_out(examples)
    tokens = [[*sorted(example.hashes), *_list_letters(example)] for example in chosen]
    return _fit_tokens(chosen, tokens, penalty=LETTER_PENALTY)


def _list_letters(example: Example) -> list[int]:
    """Return the numbers of the letters, those of each different word."""
    return [
        FIRST_LETTERS + number
        for word in example.words
        for number in hash_letters(word)
    ]


def _thin_out(examples: Sequence[Example]) -> list[Example]:
    """Return the examples, of each kind of each group no more than `MOST_OF_GROUP`."""
    kinds: dict[tuple[str, bool], list[Example]] = {}
    for example in examples:
        kinds.setdefault((example.group, example.is_spam), []).append(example)
    return [
        example
        for found in kinds.values()
        for example in found[:: math.ceil(len(found) / MOST_OF_GROUP)]
    ]


def _split_letters(weights: Mapping[int, int]) -> dict[str, Mapping[int, int]]:
    """Return the weights of words and of letters by the names of a prior's fields."""
    return {
        VIDEO_WORDS: {n: w for n, w in weights.items() if n < FIRST_LETTERS},
        VIDEO_LETTERS: {
            n - FIRST_LETTERS: w for n, w in weights.items() if n >= FIRST_LETTERS
        },
    }


def _fit_tokens(
    examples: Sequence[Example], tokens: Sequence[Sequence[int]], *, penalty: float
) -> Mapping[int, int]:
    """Return the weight in steps of each token of the examples that is not rare."""
    vocabulary = _choose_tokens(examples, tokens)
    places = {number: place for place, number in enumerate(vocabulary)}
    cases = [
        Case(
            present=[places[n] for n in present if n in places],
            scale=1 / math.sqrt(len(example.hashes) + DAMPING_WORDS),
            weight=weight,
            is_spam=example.is_spam,
        )
        for example, present, weight in zip(
            examples, tokens, _weigh(examples), strict=True
        )
    ]
    fitted = fit_sparse(cases, size=len(vocabulary), penalty=penalty)
    steps = (max(-MOST_STEPS, min(MOST_STEPS, round(w / STEP))) for w in fitted)
    return {n: step for n, step in zip(vocabulary, steps, strict=True) if step}


def _choose_tokens(
    examples: Sequence[Example], tokens: Sequence[Sequence[int]]
) -> list[int]:
    """Return the tokens that enough comments of enough authors have, ascending."""
    present = [frozenset(found) for found in tokens]
    counts = Counter(number for found in present for number in found)
    often = {number for number, count in counts.items() if count >= LEAST_COMMENTS}
    authors: dict[int, set[tuple[str, str]]] = {number: set() for number in often}
    for example, found in zip(examples, present, strict=True):
        for number in found & often:
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
        VIDEO_WORDS: unseen.score_video_words(example.hashes, example.words),
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
