import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_density import find_link_density
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

LINKS = "https://a.example https://b.example"


@pytest.mark.parametrize(
    ("words", "weight"),
    [
        # Nothing but the links.
        (0, "link_density_20"),
        # One in five, the bound of the upper step.
        (8, "link_density_20"),
        (9, "link_density_10"),
        # One in ten, the bound of the lower step.
        (18, "link_density_10"),
    ],
)
def test_fewer_words_around_links_weigh_more(words: int, weight: str) -> None:
    signal = find_link_density(Submission(body=words * "word " + LINKS), Context())

    assert signal is not None
    assert signal.weight == POINTS[weight]
    assert [span.end - span.start for span in signal.spans] == [17, 17]


@pytest.mark.parametrize(
    "body",
    [
        # Links among many words.
        19 * "word " + LINKS,
        # A short answer with its source.
        "See https://a.example",
        # No link.
        "word",
        "",
    ],
)
def test_a_link_among_words_is_no_evidence(body: str) -> None:
    signal = find_link_density(Submission(body=body), Context())

    assert signal is None
