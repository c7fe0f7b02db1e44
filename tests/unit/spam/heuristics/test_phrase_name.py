import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.phrase_name import find_phrase_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # Small letters.
        ("best cheap watches", ["best cheap watches"]),
    ],
)
def test_a_search_phrase_is_marked(author: str, marked: list[str]) -> None:
    signal = find_phrase_name(Submission(body="Hello.", author=author), Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("phrase_name", POINTS["phrase_name"])
    assert {span.field for span in signal.spans} <= {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # A long name.
        "Maria de la Luz García",
        # Capitals.
        "Ann Mary Smith Jones",
        # Two words.
        "ann smith",
        # None.
        "",
    ],
)
def test_names_of_people_are_no_evidence(author: str) -> None:
    signal = find_phrase_name(Submission(body="Hello.", author=author), Context())

    assert signal is None
