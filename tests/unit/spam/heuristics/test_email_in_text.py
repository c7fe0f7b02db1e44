import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.email_in_text import find_email_in_text
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # In a sentence.
        ("Write to dr.spell+1@mail.example.com.", ["dr.spell+1@mail.example.com"]),
        # Two.
        ("a@b.example, c@d.example", ["a@b.example", "c@d.example"]),
    ],
)
def test_an_address_in_the_text_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_email_in_text(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["email_in_text"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A mention.
        "@phil thanks, that helped!",
        # Inside of a link.
        "https://a.example/@me@b.example",
        # Code.
        "Use git@host:path here",
        # No domain.
        "me@home",
    ],
)
def test_other_at_signs_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_email_in_text(submission, Context())

    assert signal is None
