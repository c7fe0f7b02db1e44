"""Owns the judgement: all heuristics run, their weights add up to the score."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from moderation.domain.rules import RuleAction
from moderation.spam.calibration import find_calibration
from moderation.spam.care import find_care
from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.registry import HEURISTICS, Heuristic
from moderation.spam.rulebook import (
    RuleMatch,
    find_action,
    make_signal,
    match_rules,
)
from moderation.spam.signal import Signal
from moderation.spam.stacker import Inputs
from moderation.spam.submission import Submission
from moderation.spam.weighing import weigh_signals

K = TypeVar("K")
T = TypeVar("T")

UNKNOWN = Context()
BASELINE = Signal(
    name="baseline",
    weight=POINTS["baseline"],
    reason="Where every comment starts: most are honest.",
)

logger = logging.getLogger(__name__)


class WeightError(ValueError):
    """A weight that is no finite number: no sum with it would mean anything."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the heuristics found.

    `score` is the probability of spam, 0 to 1: the logistic function of the sum of
    the signals' weights, the baseline among them. `failures` names the heuristics
    that broke down and are missing from the score. `inputs` is what a decision on the
    comment teaches the stacker with. `rule` is what the site's rules want done.
    `needs_care` says that a person is to read it first, whatever else is true.
    """

    score: float
    signals: tuple[Signal, ...]
    failures: tuple[str, ...] = ()
    inputs: Inputs = ()
    rule: RuleAction | None = None
    needs_care: bool = False


def judge(
    submission: Submission,
    context: Context = UNKNOWN,
    *,
    heuristics: Iterable[Heuristic] = HEURISTICS,
) -> Judgement:
    """Return the judgement of `submission`.

    Of the signals those of care and rules come first, then the strongest.

    Nothing short-circuits. A heuristic that raises, or gives a weight that is no finite
    number, is logged, without the text, and named in `failures`: the verdict is then
    to hold (`verdict.decide_verdict`).
    """
    failures: list[str] = []
    found = _run_heuristics(heuristics, submission, context, failures)
    signals = [BASELINE, *found]
    signals.append(find_calibration(signals))
    inputs: Inputs = ()
    if context.learnt is not None:
        try:
            weighed = weigh_signals(signals, context.learnt)
            _require_finite(weighed.signals)
        except Exception as error:  # noqa: BLE001 - as in `_try`
            failures.append(_report_failure(weigh_signals, error))
        else:
            signals, inputs = list(weighed.signals), weighed.inputs
    signals.sort(key=lambda signal: -abs(signal.weight))
    none: Sequence[RuleMatch] = ()
    matches = _try(match_rules, none, failures, submission, context.rules)
    care = _try(find_care, None, failures, submission, context.care_phrases)
    first = [care] if care is not None else []
    return Judgement(
        score=compute_score(signals),
        signals=(*first, *map(make_signal, matches), *signals),
        failures=tuple(failures),
        inputs=inputs,
        rule=find_action(matches),
        needs_care=care is not None,
    )


def _run_heuristics(
    heuristics: Iterable[Heuristic],
    submission: Submission,
    context: Context,
    failures: list[str],
) -> Iterator[Signal]:
    """Yield what the heuristics find; those that break down are noted."""
    for heuristic in heuristics:
        try:
            signal = heuristic(submission, context)
        except Exception as error:  # noqa: BLE001 - as in `_try`
            failures.append(_report_failure(heuristic, error))
            continue
        if signal is None:
            continue
        if math.isfinite(signal.weight):
            yield signal
        else:
            failures.append(_report_failure(heuristic, WeightError()))


def _require_finite(signals: Iterable[Signal]) -> None:
    if not all(math.isfinite(signal.weight) for signal in signals):
        raise WeightError


def _try(
    step: Callable[[Submission, K], T],
    default: T,
    failures: list[str],
    submission: Submission,
    known: K,
) -> T:
    """Return what a step finds; if it breaks down, that is noted, and `default`."""
    try:
        return step(submission, known)
    except Exception as error:  # noqa: BLE001 - one bug must not lose a comment
        failures.append(_report_failure(step, error))
        return default


def _report_failure(step: Callable[..., object], error: Exception) -> str:
    """Log that a step of judging broke down, and return its name."""
    name = getattr(step, "__name__", repr(step))
    # Neither message nor traceback: both can quote the text.
    logger.error(
        "Heuristic %s failed with %s; the comment will be held.",
        name,
        type(error).__name__,
    )
    return name


def compute_score(signals: Iterable[Signal]) -> float:
    """Return the probability whose log-odds are the sum of the signals' weights."""
    log_odds = math.fsum(signal.weight for signal in signals)
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)
