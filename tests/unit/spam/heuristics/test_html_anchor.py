import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.html_anchor import find_html_anchor
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # The usual form.
        (
            'Look: <a href="https://a.example">here</a>.',
            ['<a href="https://a.example">here</a>'],
        ),
        # Capital letters and other attributes.
        (
            "<A TARGET=x HREF='https://a.example'>x</A>!",
            ["<A TARGET=x HREF='https://a.example'>x</A>"],
        ),
        # Never closed: the tag alone.
        ('so <a href="https://a.example">and on', ['<a href="https://a.example">']),
    ],
)
def test_a_link_written_as_html_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_html_anchor(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["html_anchor"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A plain address.
        "See https://a.example for more.",
        # Talk about tags, without an address.
        "I prefer <b>bold</b> and the <a> element.",
        # A tag that only begins with the same letter.
        '<abbr href="https://a.example">x</abbr>',
        # Markdown.
        "See [the manual](https://a.example).",
    ],
)
def test_other_markup_is_no_html_link(body: str) -> None:
    submission = Submission(body=body)

    signal = find_html_anchor(submission, Context())

    assert signal is None
