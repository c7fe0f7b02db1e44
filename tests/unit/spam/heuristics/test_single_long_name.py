import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.single_long_name import find_single_long_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # Joined words.
        ("cheapwatches", ["cheapwatches"]),
    ],
)
def test_one_long_word_is_marked(author: str, marked: list[str]) -> None:
    signal = find_single_long_name(Submission(body="Hello.", author=author), Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == (
        "single_long_name",
        POINTS["single_long_name"],
    )
    assert {span.field for span in signal.spans} <= {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # A short one.
        "anna",
        # A capital.
        "Christopher",
        # Two words.
        "anna schmidtchen",
    ],
)
def test_other_names_are_no_evidence(author: str) -> None:
    signal = find_single_long_name(Submission(body="Hello.", author=author), Context())

    assert signal is None
