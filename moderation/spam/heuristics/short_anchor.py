"""Looks for links on a few words, the way search engines are fed."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

MOST_WORDS = 4
LONGEST = 60


def find_short_anchor(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link lies on one to four words that are no address.

    Catches links placed for the words they lie on ("cheap watches"). Trips on honest
    Markdown such as `[this post](…)`. Weight: measured (design, section 6).
    """
    if not submission.links:
        return None
    spans = mark(
        "body",
        (
            (link.anchor_start, link.anchor_end)
            for link in submission.links
            if link.has_anchor
            and _is_short(submission.body[link.anchor_start : link.anchor_end])
        ),
    )
    if not spans:
        return None
    return Signal(
        name="short_anchor",
        weight=POINTS["short_anchor"],
        reason="A link lies on a few words, as in links made for search engines.",
        spans=spans,
    )


def _is_short(anchor: str) -> bool:
    if len(anchor) > LONGEST or anchor.lstrip().lower().startswith(("http", "www.")):
        return False
    return 1 <= len(anchor.split()) <= MOST_WORDS
