"""Looks for praise that comes with a link."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.praise import PRAISE
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_praise_with_link(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if words of praise come with a link or a website.

    Catches flattery written for the link beside it. Trips on honest thanks of people
    who have a website, so it weighs little. Weight: fitted, see docs/model-card.md.
    """
    if not submission.link_hosts or PRAISE.isdisjoint(submission.vocabulary):
        return None
    places = zip(submission.words, submission.word_spans, strict=True)
    return Signal(
        name="praise_with_link",
        weight=POINTS["praise_with_link"],
        reason="Praise comes with a link.",
        spans=mark("body", (span for word, span in places if word in PRAISE)),
    )
