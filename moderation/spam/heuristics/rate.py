"""Looks for comments that come too fast from one place."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

# Comments in ten minutes from which each weight counts, the highest first.
NETWORK_STEPS = ((10, "busy_network_10"), (3, "busy_network_3"))
SITE_LIMIT = 60


def find_rate(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if the network, or else the site, sees a burst of comments.

    Catches programs that post in a row. Trips on a class or an office behind one
    address, and on a post that suddenly becomes known. Weights: not measured,
    conservative.
    """
    count = context.recent_from_network or 0
    for fewest, name in NETWORK_STEPS:
        if count >= fewest:
            return Signal(
                name="busy_network",
                weight=POINTS[name],
                reason=f"{count} comments came from one network within ten minutes.",
            )
    if (context.recent_on_site or 0) >= SITE_LIMIT:
        return Signal(
            name="busy_site",
            weight=POINTS["busy_site"],
            reason=f"{context.recent_on_site} comments came within ten minutes.",
        )
    return None
