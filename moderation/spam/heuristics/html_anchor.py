"""Looks for links written as HTML."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.reading import Markup
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_html_anchor(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link is written as an HTML tag.

    Catches programs that post the same markup under every blog. Trips on honest
    authors who know HTML, and on comments that discuss it. Weight: measured (design,
    section 6).
    """
    anchors = [link for link in submission.links if link.markup is Markup.HTML]
    if not anchors:
        return None
    return Signal(
        name="html_anchor",
        weight=POINTS["html_anchor"],
        reason="A link is written as HTML, as posting programs do.",
        spans=mark("body", ((link.start, link.end) for link in anchors)),
    )
