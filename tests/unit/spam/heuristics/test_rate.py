import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.rate import find_rate
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://a.example and https://b.example")


@pytest.mark.parametrize(
    ("context", "points"),
    [
        # The bounds of both steps.
        (Context(recent_from_network=3), "busy_network_3"),
        (Context(recent_from_network=9), "busy_network_3"),
        (Context(recent_from_network=10), "busy_network_10"),
    ],
)
def test_what_is_known_is_weighed(context: Context, points: str) -> None:
    signal = find_rate(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS[points]


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(recent_from_network=2),
        Context(recent_from_network=0),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_rate(SUBMISSION, context)

    assert signal is None
