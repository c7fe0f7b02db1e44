"""Owns how much each group of signals counts on a site, learnt from its decisions.

Logistic regression on a handful of numbers: what each group of signals says together.
Instead of being iterated, it takes one Newton step from its defaults. Gradient and
curvature at the defaults are sums over decisions, and the terms of a decision depend
on nothing but itself: they can be added in any order and be taken back exactly.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

# Numbers are kept as whole multiples of a fraction, so that sums are exact.
SCALE = 1 << 12
# Of the shipped filter's log-odds: what is taken off first, and how far it counts.
PRIOR_SHIFT, PRIOR_LIMIT = 0.5, 6.0
# The log of spam to ham on the site, and how many of each are added to soften it.
SHARE_LIMIT, SHARE_ADDED = 3.0, 5
# Decisions at which the learnt weights count as much as the shipped calibration.
FADE = 5
# A decision the defaults were certain about has this much curvature at least.
LEAST_CURVATURE = 0.02


class Group(StrEnum):
    """Signals that are weighed together. The first ones are the stacker's inputs."""

    START = "start"
    PRIOR = "prior"
    WORDS = "words"
    SIGNALS = "signals"
    LINKS = "links"
    AUTHOR = "author"
    TWINS = "twins"
    SHARE = "share"
    BEHAVIOUR = "behaviour"
    CALIBRATION = "calibration"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dial:
    """How much a group counts: before any decision, and by default.

    Decisions move that by `reach` at most, the less the greater the `stiffness`.
    """

    cold: float = 0.0
    default: float = 1.0
    stiffness: float
    reach: float = 1.0


# Measured on the streams of four blogs, each with the others' prior; `twins` and
# `behaviour` hardly occur there and stay what they are without learning.
DIALS: Mapping[Group, Dial] = MappingProxyType(
    {
        Group.START: Dial(default=0.0, stiffness=2, reach=2.0),
        Group.PRIOR: Dial(cold=1.0, default=1.1, stiffness=100, reach=1.1),
        Group.WORDS: Dial(stiffness=400),
        Group.SIGNALS: Dial(stiffness=25),
        Group.LINKS: Dial(stiffness=200),
        Group.AUTHOR: Dial(stiffness=200),
        Group.TWINS: Dial(cold=1.0, stiffness=300),
        Group.SHARE: Dial(stiffness=6.4),
        Group.BEHAVIOUR: Dial(cold=1.0, stiffness=50),
    }
)
INPUTS = tuple(DIALS)
UPPER = tuple((i, j) for i in range(len(INPUTS)) for j in range(i, len(INPUTS)))

# What is not named here belongs to the shipped prior.
_GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "calibration": Group.CALIBRATION,
        "site_words": Group.WORDS,
        "site_signals": Group.SIGNALS,
        "spam_host": Group.LINKS,
        "approved_host": Group.LINKS,
        "author_of_spam": Group.AUTHOR,
        "author_approved": Group.AUTHOR,
        "author_confirmed": Group.AUTHOR,
        "respun_text": Group.TWINS,
        "approved_twin": Group.TWINS,
        "site_balance": Group.SHARE,
        "busy_network": Group.BEHAVIOUR,
        "busy_site": Group.BEHAVIOUR,
        "honeypot": Group.BEHAVIOUR,
        "fast_form": Group.BEHAVIOUR,
        "disposable_mail": Group.BEHAVIOUR,
    }
)

Terms = tuple[int, ...]
Inputs = tuple[int, ...]
NOTHING: Terms = (0,) * (len(INPUTS) + len(UPPER))


def find_group(name: str) -> Group:
    """Return the group of the signal with this name."""
    return _GROUPS.get(name, Group.PRIOR)


def compute_terms(inputs: Sequence[int], *, is_spam: bool) -> Terms:
    """Return what one decision adds to the sums: gradient, then curvature.

    `inputs` are those of `round_inputs`, () of a comment that had none.
    """
    if len(inputs) != len(INPUTS):
        return NOTHING
    values = [value / SCALE for value in inputs]
    dials = DIALS.values()
    odds = math.fsum(d.default * v for d, v in zip(dials, values, strict=True))
    chance = _compute_chance(odds)
    curvature = max(chance * (1 - chance), LEAST_CURVATURE)
    gradient = [round(value * (is_spam - chance) * SCALE) for value in values]
    return (
        *gradient,
        *(round(curvature * values[i] * values[j] * SCALE) for i, j in UPPER),
    )


def round_inputs(values: Mapping[Group, float]) -> Inputs:
    """Return what the groups say, as it is kept: whole numbers in order of `INPUTS`."""
    return tuple(round(values[group] * SCALE) for group in INPUTS)


@lru_cache(maxsize=64)
def compute_weights(terms: Terms) -> Mapping[Group, float]:
    """Return how much each group counts, given the sums of all decisions."""
    step = _solve(terms if len(terms) == len(NOTHING) else NOTHING)
    return {
        group: dial.default + max(-dial.reach, min(dial.reach, moved))
        for (group, dial), moved in zip(DIALS.items(), step, strict=True)
    }


def _solve(terms: Terms) -> list[float]:
    """Return the Newton step, held back by the stiffness, by Gaussian elimination.

    The matrix is positive definite, so that no pivot is needed.
    """
    size = len(INPUTS)
    rows = [[0.0] * size + [terms[i] / SCALE] for i in range(size)]
    for (i, j), value in zip(UPPER, terms[size:], strict=True):
        rows[i][j] = rows[j][i] = value / SCALE
    for i, dial in enumerate(DIALS.values()):
        rows[i][i] += dial.stiffness
    for i, pivot in enumerate(rows):
        for row in rows[i + 1 :]:
            factor = row[i] / pivot[i]
            for column in range(i, size + 1):
                row[column] -= factor * pivot[column]
    step = [0.0] * size
    for i in reversed(range(size)):
        known = math.fsum(rows[i][j] * step[j] for j in range(i + 1, size))
        step[i] = (rows[i][size] - known) / rows[i][i]
    return step


def _compute_chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))
