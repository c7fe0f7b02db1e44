"""Looks for texts that talk about blogs in general and about this one not at all."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

FEWEST = 3


def find_blog_talk(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if three turns such as "your blog" or "this article" stand in it.

    Catches texts that fit under any post. Trips on bloggers who talk shop. Weight:
    fitted, see docs/model-card.md.
    """
    if len(submission.blog_talk) < FEWEST:
        return None
    return Signal(
        name="blog_talk",
        weight=POINTS["blog_talk"],
        reason="The text talks about blogs in general, and would fit anywhere.",
        spans=mark("body", submission.blog_talk),
    )
