"""Owns the last step of judging: what a site has learnt weighs the signals.

The weights shown are the ones that count: they still add up to the score's log-odds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.spam.care import CARE
from moderation.spam.learning import Learnt, clip
from moderation.spam.points import POINTS
from moderation.spam.rules import is_rule
from moderation.spam.signal import Signal
from moderation.spam.site_signals import find_site_signals
from moderation.spam.stacker import (
    DIALS,
    FADE,
    PRIOR_LIMIT,
    PRIOR_SHIFT,
    SHARE_ADDED,
    SHARE_LIMIT,
    Group,
    Inputs,
    compute_weights,
    find_group,
    round_inputs,
)

# Where all comments start and the correction of the sum tell nothing of a comment;
# that its author may be in danger tells nothing of spam.
_NO_EVIDENCE = frozenset({"baseline", "calibration", CARE})


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Signals with the weights that count, and the stacker's inputs for learning."""

    signals: Sequence[Signal]
    inputs: Inputs


def list_shipped(names: Iterable[str]) -> frozenset[str]:
    """Return the names of signals whose meaning on its own pages a site learns.

    Rules are no evidence: what they match is what the owner said already.
    """
    shipped = (
        name for name in names if find_group(name) is Group.PRIOR and not is_rule(name)
    )
    return frozenset(shipped) - _NO_EVIDENCE


def weigh_signals(signals: Sequence[Signal], learnt: Learnt) -> Weighed:
    """Return the signals as they count on a site that has learnt something.

    Before the first decision that is as they came. With every one the shipped
    calibration counts less, and what the site has learnt more.
    """
    names = list_shipped(signal.name for signal in signals)
    found = find_site_signals(names, learnt)
    signals = [*signals, found] if found else list(signals)
    values = _sum_groups(signals, learnt)
    weights = compute_weights(learnt.terms)
    labels = sum(learnt.totals)
    if not labels:
        return Weighed(signals=signals, inputs=round_inputs(values))
    warmth = labels / (labels + FADE)
    cut = _find_cut(signals)
    factors = _find_factors(weights, cut=cut, warmth=warmth)
    # Written out: `replace` takes three times as long.
    weighed = [
        Signal(
            name=signal.name,
            weight=signal.weight * factors[find_group(signal.name)],
            reason=signal.reason,
            spans=signal.spans,
        )
        for signal in signals
    ]
    start = (
        weights[Group.START]
        + weights[Group.SHARE] * values[Group.SHARE]
        - weights[Group.PRIOR] * cut * PRIOR_SHIFT
    )
    weighed.append(_make_balance(warmth * start, learnt))
    return Weighed(signals=weighed, inputs=round_inputs(values))


def _sum_groups(signals: Iterable[Signal], learnt: Learnt) -> dict[Group, float]:
    """Return the stacker's inputs: the sum of each group's weights, and two numbers."""
    values = dict.fromkeys(Group, 0.0)
    for signal in signals:
        values[find_group(signal.name)] += signal.weight
    spam, ham = learnt.totals
    share = math.log((spam + SHARE_ADDED) / (ham + SHARE_ADDED))
    values[Group.START] = 1.0
    values[Group.SHARE] = POINTS["site_balance"] * clip(share, SHARE_LIMIT)
    values[Group.PRIOR] = clip(values[Group.PRIOR] - PRIOR_SHIFT, PRIOR_LIMIT)
    return values


def _find_factors(
    weights: Mapping[Group, float], *, cut: float, warmth: float
) -> Mapping[Group, float]:
    """Return by what each group's signals are multiplied.

    The shipped calibration is of the shipped filter alone: the stacker takes its place.
    """
    learnt = {**weights, Group.CALIBRATION: 0.0}
    learnt[Group.PRIOR] *= cut
    cold = {group: dial.cold for group, dial in DIALS.items()} | {
        Group.CALIBRATION: 1.0
    }
    return {
        group: warmth * learnt[group] + (1 - warmth) * cold[group] for group in Group
    }


def _find_cut(signals: Iterable[Signal]) -> float:
    """Return by what the shipped signals shrink so as not to pass their limit."""
    total = math.fsum(s.weight for s in signals if find_group(s.name) is Group.PRIOR)
    return min(1.0, PRIOR_LIMIT / max(abs(total - PRIOR_SHIFT), PRIOR_LIMIT))


def _make_balance(weight: float, learnt: Learnt) -> Signal:
    spam, ham = learnt.totals
    return Signal(
        name="site_balance",
        weight=weight,
        reason=f"Where comments of this site start after {spam + ham} decisions, "
        f"{spam} of them spam.",
    )
