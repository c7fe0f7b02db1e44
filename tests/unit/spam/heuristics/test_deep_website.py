import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.deep_website import find_deep_website
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("website", "marked"),
    [
        # Two steps down.
        ("https://a.example/shop/watches", ["https://a.example/shop/watches"]),
        # A title in the path.
        (
            "https://a.example/buy-cheap-watches",
            ["https://a.example/buy-cheap-watches"],
        ),
        # Without scheme.
        ("a.example/x/watches", ["a.example/x/watches"]),
    ],
)
def test_one_page_of_a_site_is_marked(website: str, marked: list[str]) -> None:
    submission = Submission(body="Hello.", website=website)

    signal = find_deep_website(submission, Context())

    assert signal is not None
    assert [website[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["deep_website"]
    assert {span.field for span in signal.spans} == {"website"}


@pytest.mark.parametrize(
    "website",
    [
        # Host.
        "https://a.example",
        # Root.
        "https://a.example/",
        # One step down.
        "https://a.example/~anna/",
        # Not given.
        "",
    ],
)
def test_a_home_page_is_no_evidence(website: str) -> None:
    submission = Submission(body="Hello.", website=website)

    signal = find_deep_website(submission, Context())

    assert signal is None
