import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.bbcode import find_bbcode
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # With a text.
        ("[url=https://a.example]x[/url]", ["[url=https://a.example]x[/url]"]),
        # With the address as text.
        ("y [URL]https://a.example[/URL] z", ["[URL]https://a.example[/URL]"]),
        # The other tag for it.
        ("[link=https://a.example]x[/link]", ["[link=https://a.example]x[/link]"]),
    ],
)
def test_a_link_in_bbcode_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_bbcode(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["bbcode"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A footnote.
        "As said above [1], it works.",
        # Markdown.
        "[url](https://a.example)",
        # No address in it.
        "Write [url] before and [/url] after it.",
    ],
)
def test_other_brackets_are_no_bbcode(body: str) -> None:
    submission = Submission(body=body)

    signal = find_bbcode(submission, Context())

    assert signal is None
