import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.address_as_name import find_address_as_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # With scheme.
        ("http://a.example", ["http:"]),
        # With www.
        ("www.a.example", ["www."]),
        # Bare.
        ("watches.com", [".com"]),
    ],
)
def test_an_address_in_the_name_is_marked(author: str, marked: list[str]) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_address_as_name(submission, Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["address_as_name"]
    assert {span.field for span in signal.spans} == {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # A name.
        "Anna B.",
        # A platform.
        "Mr. Dot Net fan",
        # Abbreviation.
        "J.R. Common",
    ],
)
def test_other_names_are_no_evidence(author: str) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_address_as_name(submission, Context())

    assert signal is None
