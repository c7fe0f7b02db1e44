import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.honeypot import find_honeypot
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://a.example and https://b.example")


@pytest.mark.parametrize(
    ("context", "points"),
    [
        (Context(is_honeypot_filled=True), "honeypot"),
    ],
)
def test_what_is_known_is_weighed(context: Context, points: str) -> None:
    signal = find_honeypot(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS[points]


@pytest.mark.parametrize(
    "context",
    [
        # The form carried none; it was left empty.
        Context(),
        Context(is_honeypot_filled=False),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_honeypot(SUBMISSION, context)

    assert signal is None
