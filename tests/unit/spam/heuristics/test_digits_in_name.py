import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.digits_in_name import find_digits_in_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # At the end.
        ("Smithe294", ["294"]),
        # Two groups.
        ("a1b22", ["1", "22"]),
    ],
)
def test_digits_in_the_name_are_marked(author: str, marked: list[str]) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_digits_in_name(submission, Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["digits_in_name"]
    assert {span.field for span in signal.spans} == {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # A name.
        "Anna",
        # None.
        "",
    ],
)
def test_a_name_without_digits_is_no_evidence(author: str) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_digits_in_name(submission, Context())

    assert signal is None
