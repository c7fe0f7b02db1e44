import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_at_start import find_link_at_start
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # At once.
        ("https://a.example is what I use", ["https://a.example"]),
        # After punctuation.
        ('– "https://a.example" – look', ["https://a.example"]),
    ],
)
def test_a_text_that_begins_with_a_link_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_link_at_start(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["link_at_start"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A word before it.
        "See https://a.example",
        # No link.
        "Hello",
    ],
)
def test_a_link_after_a_word_is_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_link_at_start(submission, Context())

    assert signal is None
