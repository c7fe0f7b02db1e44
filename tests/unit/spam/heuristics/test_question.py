import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.question import find_question
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # At the end.
        ("Does it run on Windows?", ["?"]),
        # Only the first.
        ("Why? Really?", ["?"]),
        # With a space, as in French.
        ("Ça marche ?", ["?"]),
    ],
)
def test_a_question_mark_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_question(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["question"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # In an address.
        "See https://a.example/?a=b",
        # Alone.
        "???",
        # None.
        "Thanks.",
    ],
)
def test_other_question_marks_are_no_question(body: str) -> None:
    submission = Submission(body=body)

    signal = find_question(submission, Context())

    assert signal is None
