import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.no_vowels import find_no_vowels
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Two.
        ("xkcdfg hello qwrtpl", ["xkcdfg", "qwrtpl"]),
        # The only word.
        ("sdfghjk", ["sdfghjk"]),
    ],
)
def test_words_that_nobody_can_pronounce_are_marked(
    body: str, marked: list[str]
) -> None:
    signal = find_no_vowels(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("no_vowels", POINTS["no_vowels"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # One among others.
        "I use the HTTPS port.",
        # Words.
        "rhythm and blues",
        # None.
        "",
    ],
)
def test_one_abbreviation_is_no_evidence(body: str) -> None:
    signal = find_no_vowels(Submission(body=body), Context())

    assert signal is None
