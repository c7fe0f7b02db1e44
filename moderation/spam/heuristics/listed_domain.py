"""Looks for links into domains on a published list of spammers."""

from moderation.spam.context import Context
from moderation.spam.lists import REFERRER_DOMAINS, is_listed
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_listed_domain(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link leads into a domain that is known from referrer spam.

    Catches sites that are advertised by every means. Trips on a domain that changed
    hands, and on talk about such spam. Weight: fitted, see docs/model-card.md.
    """
    if not submission.links:
        return None
    spans = mark(
        "body",
        (
            (link.start, link.end)
            for link in submission.links
            if is_listed(link.host, REFERRER_DOMAINS)
        ),
    )
    if not spans:
        return None
    return Signal(
        name="listed_domain",
        weight=POINTS["listed_domain"],
        reason="A link leads into a domain on a published list of spammers.",
        spans=spans,
    )
