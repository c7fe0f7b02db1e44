import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.call_to_action import find_call_to_action
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # A click.
        ("So CLICK  here and see", ["CLICK  here"]),
        # The longest phrase that fits.
        ("Please reach out to him.", ["reach out to him"]),
        # Two.
        ("Order now. Call today!", ["Order now", "Call today"]),
    ],
)
def test_what_asks_to_act_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_call_to_action(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["call_to_action"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A figure of speech.
        "Call me crazy, but it works.",
        # An offer to a sufferer.
        "Talk to me whenever you want, I have been there.",
        # A wish.
        "I would like to learn more.",
    ],
)
def test_honest_requests_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_call_to_action(submission, Context())

    assert signal is None


def test_three_calls_weigh_more() -> None:
    body = "Click here, visit us and order now!"

    signal = find_call_to_action(Submission(body=body), Context())

    assert signal is not None
    assert (signal.name, len(signal.spans)) == ("call_to_action_3", 3)
    assert signal.weight == POINTS["call_to_action_3"] > POINTS["call_to_action"]
