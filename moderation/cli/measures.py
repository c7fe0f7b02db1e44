"""Owns the figures a filter is measured by, from scores of spam and of ham."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

HAM_SHARE = 0.01
THRESHOLD = 0.5


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
