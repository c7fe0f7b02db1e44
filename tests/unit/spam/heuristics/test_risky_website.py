import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.risky_website import find_risky_website
from moderation.spam.lists import REFERRER_DOMAINS
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

DOMAIN = min(REFERRER_DOMAINS, key=lambda name: (len(name), name))


@pytest.mark.parametrize(
    ("website", "marked"),
    [
        # Top-level domain.
        ("https://a.xyz/x", ["https://a.xyz/x"]),
        # Shortened.
        ("https://bit.ly/x", ["https://bit.ly/x"]),
        # Listed.
        (f"http://www.{DOMAIN}", [f"http://www.{DOMAIN}"]),
    ],
)
def test_a_risky_website_is_marked(website: str, marked: list[str]) -> None:
    signal = find_risky_website(Submission(body="Hello.", website=website), Context())

    assert signal is not None
    assert [website[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("risky_website", POINTS["risky_website"])
    assert {span.field for span in signal.spans} <= {"website"}


@pytest.mark.parametrize(
    "website",
    [
        # A blog.
        "https://a.example",
        # None.
        "",
    ],
)
def test_other_websites_are_no_evidence(website: str) -> None:
    signal = find_risky_website(Submission(body="Hello.", website=website), Context())

    assert signal is None
