"""Looks for praise of the blog rather than of what was said."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.praise import PRAISE
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_praise_of_blog(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if words of praise come with talk about blogs.

    Catches flattery that fits anywhere. Trips on honest thanks for a post, so it weighs
    little. Weight: fitted, see docs/model-card.md.
    """
    if not submission.blog_talk or PRAISE.isdisjoint(submission.vocabulary):
        return None
    return Signal(
        name="praise_of_blog",
        weight=POINTS["praise_of_blog"],
        reason="The text praises the post or the blog in words that fit anywhere.",
        spans=mark("body", submission.blog_talk),
    )
