"""Looks for links written in more than one way."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_mixed_markup(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text writes its links as HTML, BBCode, Markdown or bare.

    Catches programs that try every way in the hope that one works. Trips on honest
    authors who add an address to a quoted link. Weight: fitted, see docs/model-card.md.
    """
    if len({link.markup for link in submission.links}) < 2:  # noqa: PLR2004
        return None
    return Signal(
        name="mixed_markup",
        weight=POINTS["mixed_markup"],
        reason="Links are written in several ways, as if to see which one works.",
        spans=mark("body", ((link.start, link.end) for link in submission.links)),
    )
