import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.invitation import find_invitation
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Check out.
        ("check this out and follow me", ["check this out", "follow me"]),
    ],
)
def test_invitations_are_marked(body: str, marked: list[str]) -> None:
    signal = find_invitation(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("invitation", POINTS["invitation"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Care.
        "Check the logs.",
        # A question.
        "Do you follow?",
    ],
)
def test_other_checks_are_no_evidence(body: str) -> None:
    signal = find_invitation(Submission(body=body), Context())

    assert signal is None
