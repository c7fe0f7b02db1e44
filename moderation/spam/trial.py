"""Owns judging by another prior than the shipped one, to try it out.

Everything but the weights of the prior is as in service: a site's learning, too.
"""

from moderation.spam.beliefs import BELIEFS
from moderation.spam.context import Context
from moderation.spam.heuristics.prior_words import find_prior_words
from moderation.spam.points import POINTS
from moderation.spam.prior import BASELINE, Prior
from moderation.spam.registry import HEURISTICS, Heuristic
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def make_heuristics(prior: Prior) -> tuple[Heuristic, ...]:
    """Return all heuristics with the weights they would have by `prior`."""
    others = (h for h in HEURISTICS if h is not find_prior_words)
    return (
        _make_start(prior),
        _make_words(prior),
        *(_weigh_anew(heuristic, prior) for heuristic in others),
    )


def _make_start(prior: Prior) -> Heuristic:
    """Return what makes up for the shipped start, which every judgement has."""
    signal = Signal(
        name=BASELINE,
        weight=prior.points.get(BASELINE, 0.0) - POINTS[BASELINE],
        reason="Where comments start by the prior tried out.",
    )
    return lambda _submission, _context: signal


def _make_words(prior: Prior) -> Heuristic:
    def find(submission: Submission, _context: Context) -> Signal | None:
        weight = prior.weigh_words(submission.hashes.keys(), submission.counted_words)
        return Signal(name="prior_words", weight=weight, reason="") if weight else None

    return find


def _weigh_anew(heuristic: Heuristic, prior: Prior) -> Heuristic:
    def find(submission: Submission, context: Context) -> Signal | None:
        signal = heuristic(submission, context)
        if signal is None or signal.name not in BELIEFS:
            return signal
        return signal._replace(weight=prior.points.get(signal.name, 0.0))

    return find
