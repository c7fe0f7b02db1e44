"""Looks for hosts whose names say what they sell."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission
from moderation.spam.wordlist import HOST_PARTS


def find_keyword_host(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a host in the text or website field names a spam trade.

    Catches domains registered for a search word. Trips on an honest site that happens
    to hold one, such as a blog on the game of poker. Weight: not measured,
    conservative.
    """
    if not any(_sells(host) for host in submission.link_hosts):
        return None
    links = ((link.start, link.end) for link in submission.links if _sells(link.host))
    website = submission.website if _sells(submission.website.lower()) else ""
    return Signal(
        name="keyword_host",
        weight=POINTS["keyword_host"],
        reason="The name of a linked site says that it sells what spam sells.",
        spans=mark("body", links) + mark("website", [(0, len(website))]),
    )


def _sells(host: str) -> bool:
    return any(part in host for part in HOST_PARTS)
