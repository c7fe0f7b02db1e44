import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_density import find_link_density
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

LINKS = "https://a.example https://b.example"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        # Nothing but the links.
        (0, "link_density_40"),
        # Two fifths of the characters, the bound of the upper step.
        (10, "link_density_40"),
        (11, "link_density_20"),
        # One fifth, the bound of the lower step.
        (27, "link_density_20"),
    ],
)
def test_fewer_words_around_links_weigh_more(words: int, name: str) -> None:
    signal = find_link_density(Submission(body=words * "word " + LINKS), Context())

    assert signal is not None
    assert (signal.name, signal.weight) == (name, POINTS[name])
    assert [span.end - span.start for span in signal.spans] == [17, 17]


@pytest.mark.parametrize(
    "body",
    [
        # Links among many words.
        28 * "word " + LINKS,
        # No link.
        "word",
        "",
    ],
)
def test_a_link_among_words_is_no_evidence(body: str) -> None:
    signal = find_link_density(Submission(body=body), Context())

    assert signal is None
