import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.few_small_words import find_few_small_words
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Keywords.
        ("cheap watches replica handbags outlet shoes jerseys", []),
    ],
)
def test_a_list_of_keywords_is_noticed(body: str, marked: list[str]) -> None:
    signal = find_few_small_words(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == (
        "few_small_words",
        POINTS["few_small_words"],
    )
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # English.
        "I had the same thought when I read it.",
        # Dutch.
        "Ik heb dat ook gehad en het ging over.",
        # Another script.
        "Спасибо большое друзья очень помогло сегодня нам",
        # Too short to tell.
        "Thanks, works great!",
    ],
)
def test_sentences_are_no_evidence(body: str) -> None:
    signal = find_few_small_words(Submission(body=body), Context())

    assert signal is None
