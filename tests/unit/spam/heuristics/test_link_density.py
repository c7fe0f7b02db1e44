import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_density import find_link_density
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

LINK = "https://a.example"


@pytest.mark.parametrize(
    ("words", "weight"),
    [
        # Nothing but the link.
        (0, "link_density_20"),
        # One in five, the bound of the upper step.
        (4, "link_density_20"),
        (5, "link_density_10"),
        # One in ten, the bound of the lower step.
        (9, "link_density_10"),
    ],
)
def test_fewer_words_around_a_link_weigh_more(words: int, weight: str) -> None:
    signal = find_link_density(Submission(body=words * "word " + LINK), Context())

    assert signal is not None
    assert signal.weight == POINTS[weight]


# A link among words, words alone, nothing at all.
@pytest.mark.parametrize("body", [10 * "word " + LINK, "word", ""])
def test_a_link_among_words_is_no_evidence(body: str) -> None:
    signal = find_link_density(Submission(body=body), Context())

    assert signal is None
