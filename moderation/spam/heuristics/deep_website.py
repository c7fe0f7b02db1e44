"""Looks for a website field that points at one page of a site."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# More behind the host than an initial slash or a short name of a user.
DEEP = re.compile(r"(?:[a-z]{3,5}+:/{1,3}+)?+[^/\s]{1,253}+/[^\s]{8}", re.IGNORECASE)


def find_deep_website(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the website given is a page deep inside a site.

    Catches those who advertise one page. Trips on honest authors whose home page lies
    with a host, below its root. Weight: fitted on the one blog with website fields, see
    docs/model-card.md.
    """
    if not DEEP.match(submission.website.strip()):
        return None
    return Signal(
        name="deep_website",
        weight=POINTS["deep_website"],
        reason="The website given is one page of a site, not a home page.",
        spans=mark("website", [(0, len(submission.website))]),
    )
