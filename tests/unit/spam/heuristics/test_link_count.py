import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_count import find_link_count
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

LINK = "https://a.example "


@pytest.mark.parametrize(
    ("links", "weight"),
    [
        (2, "link_count_2"),
        # The bounds of each step.
        (3, "link_count_3"),
        (5, "link_count_3"),
        (6, "link_count_6"),
        (50, "link_count_6"),
    ],
)
def test_more_links_weigh_more(links: int, weight: str) -> None:
    signal = find_link_count(Submission(body=links * LINK), Context())

    assert signal is not None
    assert signal.weight == POINTS[weight]
    assert str(links) in signal.reason
    assert len(signal.spans) == min(links, 20)


@pytest.mark.parametrize("links", [0, 1])
def test_a_single_link_is_no_evidence(links: int) -> None:
    signal = find_link_count(Submission(body=links * LINK), Context())

    assert signal is None
