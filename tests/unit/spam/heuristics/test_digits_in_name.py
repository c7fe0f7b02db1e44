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
        # A phrase and a space.
        ("Kickboxing12 ", ["12"]),
    ],
)
def test_the_number_behind_a_word_is_marked(author: str, marked: list[str]) -> None:
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
        # A short nickname.
        "r2d2",
        # Digits in front.
        "007james",
        # None.
        "",
    ],
)
def test_other_names_are_no_evidence(author: str) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_digits_in_name(submission, Context())

    assert signal is None
