import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.pushy import find_pushy
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # A plea and own work.
        ("Subscribe to my new channel", ["Subscribe to my", "my new channel"]),
    ],
)
def test_two_ways_of_promotion_are_marked(body: str, marked: list[str]) -> None:
    signal = find_pushy(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("pushy", POINTS["pushy"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Own work.
        "Here is my new channel",
        # None.
        "Hello.",
    ],
)
def test_one_way_is_no_evidence(body: str) -> None:
    signal = find_pushy(Submission(body=body), Context())

    assert signal is None
