"""Looks for links that hide where they lead."""

from moderation.spam.context import Context
from moderation.spam.domains import SHORTENERS
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_shortener(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link goes through a shortening service or a messenger.

    Catches addresses that would be known if they were written out. Trips on links
    copied from social networks, which shorten by themselves. Weight: fitted, see
    docs/model-card.md.
    """
    if not submission.links:
        return None
    spans = mark(
        "body",
        (
            (link.start, link.end)
            for link in submission.links
            if link.host in SHORTENERS
        ),
    )
    if not spans:
        return None
    return Signal(
        name="shortener",
        weight=POINTS["shortener"],
        reason="A link is shortened, so that one can't see where it leads.",
        spans=spans,
    )
