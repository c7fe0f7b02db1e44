import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.website import find_website
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

WEBSITE = "https://a.example"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Great post.", "website_without_link"),
        ("Great post, as https://b.example says.", "website"),
    ],
)
def test_a_website_weighs_more_without_a_link(body: str, name: str) -> None:
    signal = find_website(Submission(body=body, website=WEBSITE), Context())

    assert signal is not None
    assert (signal.name, signal.weight) == (name, POINTS[name])
    assert [(span.field, span.start, span.end) for span in signal.spans] == [
        ("website", 0, len(WEBSITE))
    ]


@pytest.mark.parametrize("website", ["", "  "])
def test_no_website_is_no_evidence(website: str) -> None:
    signal = find_website(Submission(body="Great post.", website=website), Context())

    assert signal is None
