import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.keyword_host import find_keyword_host
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


def test_a_host_in_the_text_is_marked() -> None:
    body = "See https://best-casino.example/x and https://a.example"

    signal = find_keyword_host(Submission(body=body), Context())

    assert signal is not None
    assert signal.weight == POINTS["keyword_host"]
    assert [body[span.start : span.end] for span in signal.spans] == [
        "https://best-casino.example/x"
    ]
    assert signal.spans[0].field == "body"


def test_the_website_is_marked() -> None:
    website = "https://Poker.example/"

    signal = find_keyword_host(Submission(body="Hi.", website=website), Context())

    assert signal is not None
    assert [(span.field, span.end) for span in signal.spans] == [
        ("website", len(website))
    ]


@pytest.mark.parametrize(
    "body",
    [
        # Words in the text are the business of other heuristics.
        "I never was in a casino.",
        # A word in the path, as of a newspaper.
        "https://news.example/casino-closes",
        # A site about treatment.
        "https://pharmacy-pills-therapy.example",
    ],
)
def test_other_hosts_are_no_evidence(body: str) -> None:
    signal = find_keyword_host(Submission(body=body), Context())

    assert signal is None
