"""Looks for a flood of comments on the whole site."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def find_busy_site(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if many times more comments come than usual (`spam.flood`).

    Catches programs that post from many networks at once. Trips on the comments below
    a post that suddenly becomes known, so it weighs little: what it is for is to say
    why even harmless comments are held. Weight: not measured, conservative.
    """
    if not context.is_flooded:
        return None
    return Signal(
        name="busy_site",
        weight=POINTS["busy_site"],
        # As many as it took to tell.
        reason=f"The site is being flooded: at least {context.recent_on_site} comments "
        f"in ten minutes, usually {context.usual_on_site or 0:.0f}; everything is "
        "held.",
    )
