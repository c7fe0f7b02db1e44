import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.long_name import find_long_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # A phrase.
        ("how to fix my roof", ["how to fix my roof"]),
    ],
)
def test_a_name_of_four_words_is_marked(author: str, marked: list[str]) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_long_name(submission, Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["long_name"]
    assert {span.field for span in signal.spans} == {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # Three words.
        "Ana María López",
        # None.
        "",
    ],
)
def test_a_shorter_name_is_no_evidence(author: str) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_long_name(submission, Context())

    assert signal is None
