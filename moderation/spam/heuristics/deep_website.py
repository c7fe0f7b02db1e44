"""Looks for a website field that points at one page of a site."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# A path of two or more parts, or one long hyphenated part: a page, not a home page.
DEEP = re.compile(
    r"(?:https?://)?[^/\s]{1,253}+/(?:[^/\s?#]{1,200}+/[^/\s]|[^/\s-]{1,60}+-[^/\s-]++-)",
    re.IGNORECASE,
)


def find_deep_website(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the website given is a page deep inside a site.

    Catches those who advertise one page. Trips on honest authors whose home page lies
    with a host, below its root. Weight: strong on the one blog with website fields,
    not measured elsewhere, conservative.
    """
    if not DEEP.match(submission.website.strip()):
        return None
    return Signal(
        name="deep_website",
        weight=POINTS["deep_website"],
        reason="The website given is one page of a site, not a home page.",
        spans=mark("website", [(0, len(submission.website))]),
    )
