import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.plea import find_plea
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # For subscribers.
        ("Subscribe to my page", ["Subscribe to my"]),
        # For likes.
        ("Please like it, thumbs up", ["Please like", "thumbs up"]),
    ],
)
def test_pleas_are_marked(body: str, marked: list[str]) -> None:
    signal = find_plea(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("plea", POINTS["plea"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A question.
        "Please explain it to me.",
        # Software.
        "I subscribed to the list.",
    ],
)
def test_other_wishes_are_no_evidence(body: str) -> None:
    signal = find_plea(Submission(body=body), Context())

    assert signal is None
