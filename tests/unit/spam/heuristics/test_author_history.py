import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.author_history import find_author_history
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://a.example and https://b.example")


@pytest.mark.parametrize(
    ("context", "points"),
    [
        (Context(author_spam=1), "author_of_spam"),
        (Context(author_spam=2, author_approved=1), "author_of_spam"),
        # A name can be typed by anyone.
        (Context(author_approved=50, author_spam=0), "author_approved"),
        (Context(author_approved=1, is_author_confirmed=True), "author_confirmed"),
    ],
)
def test_what_is_known_is_weighed(context: Context, points: str) -> None:
    signal = find_author_history(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS[points]


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(author_spam=0, author_approved=0),
        # Confirmed, but never approved.
        Context(is_author_confirmed=True),
        # A mixed record.
        Context(author_spam=1, author_approved=1),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_author_history(SUBMISSION, context)

    assert signal is None
