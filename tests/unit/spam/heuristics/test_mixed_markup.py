import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.mixed_markup import find_mixed_markup
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # HTML and a bare address.
        (
            '<a href="https://a.example">x</a> https://b.example',
            ['<a href="https://a.example">x</a>', "https://b.example"],
        ),
    ],
)
def test_links_in_several_ways_are_marked(body: str, marked: list[str]) -> None:
    signal = find_mixed_markup(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("mixed_markup", POINTS["mixed_markup"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Two bare addresses.
        "https://a.example https://b.example",
        # A tag that shows its own address.
        '<a href="https://a.example/x">a.example/x</a> https://b.example',
        # No link.
        "Hello.",
    ],
)
def test_links_written_in_one_way_are_no_evidence(body: str) -> None:
    signal = find_mixed_markup(Submission(body=body), Context())

    assert signal is None
