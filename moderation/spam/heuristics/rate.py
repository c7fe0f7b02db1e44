"""Looks for comments that come too fast from one place."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

# Comments in ten minutes from which each weight counts, the highest first.
NETWORK_STEPS = ((10, "busy_network_10"), (3, "busy_network_3"))


def find_rate(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if a burst of comments comes from the same network.

    Catches programs that post in a row. Trips on a class or an office behind one
    address. Weights: not measured, conservative.
    """
    count = context.recent_from_network or 0
    for fewest, name in NETWORK_STEPS:
        if count >= fewest:
            return Signal(
                name="busy_network",
                weight=POINTS[name],
                # Not all of a flood are counted.
                reason=f"At least {count} comments came from one network within ten "
                "minutes.",
            )
    return None
