import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.known_hosts import find_known_hosts
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # An article.
        (
            "See https://en.wikipedia.org/wiki/Moon",
            ["https://en.wikipedia.org/wiki/Moon"],
        ),
    ],
)
def test_links_to_reference_alone_are_marked(body: str, marked: list[str]) -> None:
    signal = find_known_hosts(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("known_hosts", POINTS["known_hosts"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A second link that sells.
        "https://en.wikipedia.org https://a.example",
        # A name that only looks alike.
        "https://wikipedia.org.a.example",
        # No link.
        "Hello.",
    ],
)
def test_any_other_link_takes_the_cue_away(body: str) -> None:
    signal = find_known_hosts(Submission(body=body), Context())

    assert signal is None
