import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.wrapped_lines import find_wrapped_lines
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Behind a space.
        ("buy it \nhere", ["t \nh"]),
    ],
)
def test_a_line_broken_in_mid_sentence_is_marked(body: str, marked: list[str]) -> None:
    signal = find_wrapped_lines(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("wrapped_lines", POINTS["wrapped_lines"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Without the space.
        "one\ntwo",
        # A list.
        "one \n- two",
        # A paragraph.
        "one \n\ntwo",
        # One line.
        "one two",
    ],
)
def test_lines_that_people_break_are_no_evidence(body: str) -> None:
    signal = find_wrapped_lines(Submission(body=body), Context())

    assert signal is None
