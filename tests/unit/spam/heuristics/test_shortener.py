import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.shortener import find_shortener
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # A shortening service.
        ("Look https://bit.ly/abc there", ["https://bit.ly/abc"]),
        # A messenger.
        ("http://wa.me/123", ["http://wa.me/123"]),
        # With www.
        ("[x](https://www.tinyurl.com/1)", ["[x](https://www.tinyurl.com/1)"]),
    ],
)
def test_a_shortened_link_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_shortener(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["shortener"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # An ordinary host.
        "https://a.example/bit.ly",
        # A host that ends alike.
        "https://rabbit.ly/x",
        # No link.
        "I dislike bit.ly as such.",
    ],
)
def test_a_full_address_is_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_shortener(submission, Context())

    assert signal is None
