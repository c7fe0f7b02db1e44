"""Owns the signal that turns the sum of the shipped prior into a probability."""

import math
from collections.abc import Iterable

from moderation.spam.beliefs import BELIEFS
from moderation.spam.prior import calibrate
from moderation.spam.signal import Signal

NAME = "calibration"
# Signals whose weights were fitted: the curve was measured on their sum alone.
FITTED = frozenset(BELIEFS) | {"prior_words"}


def find_calibration(signals: Iterable[Signal]) -> Signal:
    """Return what is to be added so that the sum of the prior's signals holds true."""
    total = math.fsum(s.weight for s in signals if s.name in FITTED)
    return Signal(
        name=NAME,
        weight=calibrate(total) - total,
        reason="Weak evidence counts for less, strong evidence for more.",
    )
