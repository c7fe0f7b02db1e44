import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.form_time import find_form_time
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://a.example and https://b.example")


@pytest.mark.parametrize(
    ("context", "points"),
    [
        (Context(form_seconds=0), "fast_form_2"),
        (Context(form_seconds=1.9), "fast_form_2"),
        (Context(form_seconds=2), "fast_form_5"),
        (Context(form_seconds=4.9), "fast_form_5"),
    ],
)
def test_what_is_known_is_weighed(context: Context, points: str) -> None:
    signal = find_form_time(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS[points]


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(form_seconds=5),
        Context(form_seconds=86_400),
        # The clock was set back.
        Context(form_seconds=-3),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_form_time(SUBMISSION, context)

    assert signal is None
