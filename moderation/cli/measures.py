"""Owns the figures a filter is measured by, from scores of spam and of ham."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from moderation.spam.verdict import DEFAULT_THRESHOLDS, Verdict

HAM_SHARE = 0.01
THRESHOLD = 0.5
# Bins of the score for the calibration error.
BINS = 10


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The scores a filter gave to comments known to be spam and to be ham."""

    spam: list[float] = field(default_factory=list)
    ham: list[float] = field(default_factory=list)

    def extend(self, other: "Scores") -> None:
        """Take in the scores of another set."""
        self.spam.extend(other.spam)
        self.ham.extend(other.ham)


def compute_auc(scores: Scores) -> float:
    """Return the chance that spam scores above ham, ties counting half.

    NaN if there is no spam or no ham.
    """
    if not scores.spam or not scores.ham:
        return math.nan
    ham = sorted(scores.ham)
    twice = sum(bisect_left(ham, s) + bisect_right(ham, s) for s in scores.spam)
    return twice / (2 * len(ham) * len(scores.spam))


def compute_recall(scores: Scores, *, ham_share: float = HAM_SHARE) -> float:
    """Return the share of spam above the score that at most `ham_share` of ham is.

    NaN if there is no spam or no ham.
    """
    if not scores.spam or not scores.ham:
        return math.nan
    allowed = math.floor(ham_share * len(scores.ham))
    threshold = sorted(scores.ham, reverse=True)[allowed]
    return compute_share(scores.spam, above=threshold)


def compute_held(scores: Sequence[float]) -> float:
    """Return the share of scores at or above 0.5, NaN for none."""
    if not scores:
        return math.nan
    return sum(score >= THRESHOLD for score in scores) / len(scores)


def compute_share(scores: Sequence[float], *, above: float) -> float:
    """Return the share of scores above one."""
    return sum(score > above for score in scores) / len(scores)


def compute_calibration_error(scores: Scores) -> float:
    """Return how far scores are from being probabilities, on average over equal bins.

    Of each bin counts the gap between the mean score and the share of spam, by the
    bin's size (expected calibration error). NaN for no scores.
    """
    labelled = [(s, 1) for s in scores.spam] + [(s, 0) for s in scores.ham]
    gaps: defaultdict[int, float] = defaultdict(float)
    for score, is_spam in labelled:
        gaps[min(int(score * BINS), BINS - 1)] += score - is_spam
    return math.fsum(map(abs, gaps.values())) / len(labelled) if labelled else math.nan


@dataclass(frozen=True, kw_only=True)
class ThreeWays:
    """What the usual thresholds do, as shares: of spam, of all, and of ham."""

    spam_leaked: float
    queued: float
    ham_lost: float


def compute_error(scores: Scores) -> float:
    """Return the share of scores on the wrong side of 0.5, NaN for none."""
    wrong = sum(score < THRESHOLD for score in scores.spam)
    wrong += sum(score >= THRESHOLD for score in scores.ham)
    return _share(wrong, len(scores.spam) + len(scores.ham))


def count_ways(spam: Sequence[Verdict], ham: Sequence[Verdict]) -> ThreeWays:
    """Return the shares that verdicts on spam and on ham make.

    NaN where there is nothing to take a share of.
    """
    queued = [*spam, *ham].count(Verdict.HOLD)
    return ThreeWays(
        spam_leaked=_share(spam.count(Verdict.PUBLISH), len(spam)),
        queued=_share(queued, len(spam) + len(ham)),
        ham_lost=_share(ham.count(Verdict.SPAM), len(ham)),
    )


def sort_three_ways(scores: Scores) -> ThreeWays:
    """Return the shares of spam published, of comments queued, of ham filed as spam.

    NaN where there is nothing to take a share of.
    """
    low, high = DEFAULT_THRESHOLDS.publish_below, DEFAULT_THRESHOLDS.spam_above
    both = [*scores.spam, *scores.ham]
    return ThreeWays(
        spam_leaked=_share(sum(s < low for s in scores.spam), len(scores.spam)),
        queued=_share(sum(low <= s <= high for s in both), len(both)),
        ham_lost=_share(sum(s > high for s in scores.ham), len(scores.ham)),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
