"""Looks at how long the form was open."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

# Seconds below which each weight counts, the lowest first.
STEPS = ((2, "fast_form_2"), (5, "fast_form_5"))


def find_form_time(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if the form was sent within five seconds, or within two.

    Catches programs. Trips on people who come back to a form that their browser kept,
    or paste what they wrote elsewhere. Weights: not measured, conservative.
    """
    seconds = context.form_seconds
    if seconds is None or seconds < 0:
        return None
    for limit, name in STEPS:
        if seconds < limit:
            return Signal(
                name="fast_form",
                weight=POINTS[name],
                reason=f"The form was sent within {limit} seconds.",
            )
    return None
