"""Looks for HTML links whose address stands without quotes."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_unquoted_href(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the address in an HTML link is not quoted.

    Catches posting programs that save the quotes so that no filter for quotes breaks
    the link. Trips on hurried authors of HTML. Weight: measured (design, section 6).
    """
    anchors = [link for link in submission.links if not link.is_quoted]
    if not anchors:
        return None
    return Signal(
        name="unquoted_href",
        weight=POINTS["unquoted_href"],
        reason="The address in an HTML link has no quotes around it.",
        spans=mark("body", ((link.start, link.end) for link in anchors)),
    )
