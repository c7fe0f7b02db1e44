import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.confusable_letters import find_confusable_letters
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # A Cyrillic letter in a Latin word.
        ("Visit our cаsino", ["а"]),
        # A Greek capital before Latin.
        ("Αpple", ["Α"]),
        # Styled as mathematics.
        ("𝐁uy", ["𝐁"]),
        # Full width.
        ("Ｂuy", ["Ｂ"]),
        # In circles.
        ("ⒷⓊⓎ now", ["ⒷⓊⓎ"]),
        # An invisible character in a word.
        ("cas\u200bino", ["\u200b"]),
    ],
)
def test_letters_that_only_look_right_are_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_confusable_letters(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["confusable_letters"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Russian.
        "Привет, как дела?",
        # A Russian word beside an English one.
        "The word мир means peace.",
        # A unit.
        "It took 5 μs.",
        # Greek letters in a formula.
        "Δx and λ-calculus",
        # Joined emoji.
        "Well 👩\u200d💻 done",
        # Accents.
        "Ça va, Zoë?",
        # A sign.
        "ⓘ See above.",
        # ASCII.
        "Hello",
    ],
)
def test_honest_letters_of_other_scripts_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_confusable_letters(submission, Context())

    assert signal is None


def test_the_name_is_looked_at_too() -> None:
    submission = Submission(body="Hello.", author="P\u0430ypal")

    signal = find_confusable_letters(submission, Context())

    assert signal is not None
    assert [(span.field, span.start, span.end) for span in signal.spans] == [
        ("author", 1, 2)
    ]
