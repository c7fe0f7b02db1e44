import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.own_work import find_own_work
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # A channel.
        ("See my new channel", ["my new channel"]),
        # A trade.
        ("I'm a rapper", ["I'm a rapper"]),
    ],
)
def test_own_work_is_marked(body: str, marked: list[str]) -> None:
    signal = find_own_work(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("own_work", POINTS["own_work"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A machine.
        "My computer crashed.",
        # Somebody else's.
        "His channel is good.",
    ],
)
def test_other_belongings_are_no_evidence(body: str) -> None:
    signal = find_own_work(Submission(body=body), Context())

    assert signal is None
