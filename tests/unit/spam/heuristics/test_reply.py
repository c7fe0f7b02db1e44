import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.reply import find_reply
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


def test_the_cue_speaks_against_spam() -> None:
    signal = find_reply(Submission(body="Thank you.", is_reply=True), Context())

    assert signal is not None
    assert signal.weight == POINTS["reply"] < 0


@pytest.mark.parametrize(
    "submission",
    [
        Submission(body="Thank you."),
    ],
)
def test_without_the_cue_nothing_is_said(submission: Submission) -> None:
    assert find_reply(submission, Context()) is None
