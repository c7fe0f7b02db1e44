"""Looks for links written as BBCode."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.reading import Markup
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_bbcode(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link is written as `[url=…]`, which no blog understands.

    Catches programs made for bulletin boards. Trips on people used to such boards.
    Weight: alone worth 0.8 to 1.5 on three blogs, too rare there to be sure.
    """
    links = [link for link in submission.links if link.markup is Markup.BBCODE]
    if not links:
        return None
    return Signal(
        name="bbcode",
        weight=POINTS["bbcode"],
        reason="A link is written in the code of bulletin boards, not of blogs.",
        spans=mark("body", ((link.start, link.end) for link in links)),
    )
