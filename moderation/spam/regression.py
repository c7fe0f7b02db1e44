"""Owns logistic regression in plain Python: deterministic, sparse, with bounds.

Two fits: of very many weights by L-BFGS (Nocedal 1980), and of few weights, within
bounds and pulled to beliefs, by coordinate descent with Newton steps.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Vector = list[float]

MOST_ROUNDS = 60
MOST_STEP = 0.5
SMALLEST_STEP = 1e-3
# L-BFGS: steps kept, rounds, halvings of a step, and the gain below which it ends.
KEPT_STEPS, LBFGS_ROUNDS, HALVINGS, LEAST_GAIN = 6, 40, 20, 1e-4
LEAST_PRODUCT = 1e-10


@dataclass(frozen=True, kw_only=True)
class Case:
    """One labelled row: the numbers of what is present in it, and how it counts.

    Everything present counts `scale` times; the row as a whole `weight` times.
    """

    present: Sequence[int]
    scale: float
    weight: float
    is_spam: bool


@dataclass(frozen=True, kw_only=True)
class PointCase:
    """One labelled row for the fit of points: the value of each name present."""

    values: Mapping[str, float]
    weight: float
    is_spam: bool


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a weight is believed to be, its bounds, and the pull to the belief."""

    belief: float
    least: float
    most: float
    pull: float


def compute_logistic(log_odds: float) -> float:
    """Return the probability for log-odds of any size."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def fit_sparse(cases: Sequence[Case], *, size: int, penalty: float) -> Vector:
    """Return `size` weights that tell spam from ham, small ones preferred.

    A start common to all rows is fitted along and left out of the answer.
    """
    weights = [0.0] * (size + 1)
    memory: list[tuple[Vector, Vector, float]] = []
    loss, gradient = _evaluate(weights, cases, penalty)
    for _ in range(LBFGS_ROUNDS):
        way = _find_way(gradient, memory)
        slope = _multiply(way, gradient)
        norm = math.sqrt(_multiply(gradient, gradient))
        rate = 1.0 if memory else min(1.0, 1.0 / norm) if norm else 1.0
        for _halving in range(HALVINGS):
            new = [w + rate * step for w, step in zip(weights, way, strict=True)]
            new_loss, new_gradient = _evaluate(new, cases, penalty)
            if new_loss <= loss + LEAST_GAIN * rate * slope:
                break
            rate /= 2
        _remember(memory, _subtract(new, weights), _subtract(new_gradient, gradient))
        is_done = loss - new_loss < LEAST_GAIN * abs(loss)
        weights, loss, gradient = new, new_loss, new_gradient
        if is_done:
            break
    return weights[:-1]


def fit_bounded(
    cases: Sequence[PointCase], limits: Mapping[str, Limits]
) -> dict[str, float]:
    """Return the weight of each name in `limits`."""
    weights = {name: limits[name].belief for name in sorted(limits)}
    places: dict[str, list[tuple[int, float]]] = {name: [] for name in weights}
    for row, case in enumerate(cases):
        for name, value in sorted(case.values.items()):
            places[name].append((row, value))
    sums = [
        math.fsum(weights[name] * value for name, value in case.values.items())
        for case in cases
    ]
    for _ in range(MOST_ROUNDS):
        largest = 0.0
        for name, limit in sorted(limits.items()):
            step = _find_step(weights[name], limit, places[name], cases, sums)
            weights[name] += step
            for row, value in places[name]:
                sums[row] += step * value
            largest = max(largest, abs(step))
        if largest < SMALLEST_STEP:
            break
    return weights


def _find_step(
    weight: float,
    limit: Limits,
    places: Sequence[tuple[int, float]],
    cases: Sequence[PointCase],
    sums: Sequence[float],
) -> float:
    """Return the change of one weight that lowers the loss most, within bounds."""
    slope = limit.pull * (weight - limit.belief)
    curvature = limit.pull + 1e-6
    for row, value in places:
        case = cases[row]
        chance = compute_logistic(sums[row])
        slope += case.weight * value * (chance - case.is_spam)
        curvature += case.weight * value * value * max(chance * (1 - chance), 0.01)
    step = max(-MOST_STEP, min(MOST_STEP, -slope / curvature))
    return max(limit.least, min(limit.most, weight + step)) - weight


def _evaluate(
    weights: Vector, cases: Sequence[Case], penalty: float
) -> tuple[float, Vector]:
    """Return the loss and its gradient. The start, last, is not penalised."""
    gradient = [penalty * weight for weight in weights]
    gradient[-1] = 0.0
    loss = 0.5 * penalty * (_multiply(weights, weights) - weights[-1] ** 2)
    get = weights.__getitem__
    for case in cases:
        log_odds = case.scale * sum(map(get, case.present)) + weights[-1]
        loss += case.weight * _compute_loss(-log_odds if case.is_spam else log_odds)
        slope = case.weight * (compute_logistic(log_odds) - case.is_spam)
        gradient[-1] += slope
        slope *= case.scale
        for place in case.present:
            gradient[place] += slope
    return loss, gradient


def _compute_loss(error: float) -> float:
    """Return log(1 + exp(error)) without overflow."""
    return max(error, 0.0) + math.log1p(math.exp(-abs(error)))


def _find_way(
    gradient: Vector, memory: Sequence[tuple[Vector, Vector, float]]
) -> Vector:
    """Return the direction of descent, by the two loops of L-BFGS."""
    way = list(gradient)
    shares = []
    for step, change, product in reversed(memory):
        share = _multiply(step, way) / product
        shares.append(share)
        way = [a - share * b for a, b in zip(way, change, strict=True)]
    if memory:
        _, change, product = memory[-1]
        scale = product / _multiply(change, change)
        way = [scale * a for a in way]
    for (step, change, product), share in zip(memory, reversed(shares), strict=True):
        rest = share - _multiply(change, way) / product
        way = [a + rest * b for a, b in zip(way, step, strict=True)]
    return [-a for a in way]


def _remember(
    memory: list[tuple[Vector, Vector, float]], step: Vector, change: Vector
) -> None:
    product = _multiply(step, change)
    if product > LEAST_PRODUCT:
        memory.append((step, change, product))
        del memory[:-KEPT_STEPS]


def _multiply(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _subtract(one: Vector, other: Vector) -> Vector:
    return [a - b for a, b in zip(one, other, strict=True)]
