"""Looks for links to the home page of a site."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

HOME = re.compile(r"(?:[a-z]{3,5}+:/{1,3}+)?+[^/\s?#]{1,253}+/?#?", re.IGNORECASE)


def find_link_to_home(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link leads to a whole site and not to one of its pages.

    Catches advertisements for a shop or a service. Trips on people who name the home
    page of a project. Weight: fitted, see docs/model-card.md.
    """
    if not submission.links:
        return None
    spans = mark(
        "body",
        (
            (link.start, link.end)
            for link in submission.links
            if HOME.fullmatch(link.url)
        ),
    )
    if not spans:
        return None
    return Signal(
        name="link_to_home",
        weight=POINTS["link_to_home"],
        reason="A link leads to a whole site, not to a page on the topic.",
        spans=spans,
    )
