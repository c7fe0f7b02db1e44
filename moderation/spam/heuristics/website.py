"""Looks for a website given with the comment."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_website(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the website field is filled, more so if the text has no link.

    Catches praise that is written for the link on the author's name. Trips on honest
    bloggers: on one blog 28% of the approved comments gave a website. Therefore the
    two measured weights (design, section 6) don't add up: the larger one is for a text
    without link, where it is set off by what `no_link` takes away.
    """
    if not submission.website.strip():
        return None
    name = "website" if submission.links else "website_without_link"
    reason = "The author gives a website" + (
        "." if submission.links else ", and the text itself has no link."
    )
    return Signal(
        name=name,
        weight=POINTS[name],
        reason=reason,
        spans=mark("website", [(0, len(submission.website))]),
    )
