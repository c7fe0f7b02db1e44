import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.unquoted_href import find_unquoted_href
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # As posting programs write it.
        ("<a href=https://a.example>x</a> y", ["<a href=https://a.example>x</a>"]),
    ],
)
def test_an_address_without_quotes_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_unquoted_href(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["unquoted_href"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Double quotes.
        '<a href="https://a.example">x</a>',
        # Single quotes.
        "<a href='https://a.example'>x</a>",
        # No HTML.
        "https://a.example",
    ],
)
def test_a_quoted_address_is_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_unquoted_href(submission, Context())

    assert signal is None
