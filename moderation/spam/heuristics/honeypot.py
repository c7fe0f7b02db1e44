"""Looks at the field that people don't see."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def find_honeypot(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if the hidden field was filled.

    Catches programs that fill every field. Trips on browsers that fill forms by
    themselves, so even this is no verdict. Weight: not measured.
    """
    if not context.is_honeypot_filled:
        return None
    return Signal(
        name="honeypot",
        weight=POINTS["honeypot"],
        reason="A field was filled that people don't see.",
    )
