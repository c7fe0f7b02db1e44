import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.messenger import find_messenger
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # WhatsApp.
        ("Reach me on WhatsApp today", ["WhatsApp"]),
        # Two.
        ("telegram or Viber", ["telegram", "Viber"]),
    ],
)
def test_a_messenger_is_marked(body: str, marked: list[str]) -> None:
    signal = find_messenger(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("messenger", POINTS["messenger"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A part of a word.
        "a stereotelegraph",
        # Talk.
        "Tell me what's up.",
    ],
)
def test_other_words_are_no_messenger(body: str) -> None:
    signal = find_messenger(Submission(body=body), Context())

    assert signal is None
