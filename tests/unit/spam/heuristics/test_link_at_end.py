import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_at_end import find_link_at_end
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # At the very end.
        ("See https://a.example", ["https://a.example"]),
        # Before punctuation and space.
        ("See (https://a.example).\n\n", ["https://a.example"]),
    ],
)
def test_a_text_that_ends_with_a_link_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_link_at_end(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["link_at_end"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A word after it.
        "See https://a.example and tell me",
        # No link.
        "Hello",
    ],
)
def test_a_link_before_a_word_is_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_link_at_end(submission, Context())

    assert signal is None
