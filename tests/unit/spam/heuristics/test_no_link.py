import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.no_link import find_no_link
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


def test_the_cue_speaks_against_spam() -> None:
    signal = find_no_link(Submission(body="Thank you."), Context())

    assert signal is not None
    assert signal.weight == POINTS["no_link"] < 0


@pytest.mark.parametrize(
    "submission",
    [
        Submission(body="See https://a.example"),
        Submission(body="See www.a.example"),
        Submission(body="See [this](https://a.example)"),
    ],
)
def test_without_the_cue_nothing_is_said(submission: Submission) -> None:
    assert find_no_link(submission, Context()) is None
