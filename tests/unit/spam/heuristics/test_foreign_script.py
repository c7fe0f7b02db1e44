import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.foreign_script import find_foreign_script
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

RUSSIAN = "Купите наши часы сегодня"


@pytest.mark.parametrize(
    ("body", "thread"),
    [
        (RUSSIAN, {"Latin"}),
        ("Buy our watches today", {"Cyrillic"}),
        # More than half of the letters are foreign.
        (f"{RUSSIAN} watches", {"Latin"}),
    ],
)
def test_a_script_the_thread_does_not_use_is_a_signal(
    body: str, thread: set[str]
) -> None:
    context = Context(thread_scripts=frozenset(thread))

    signal = find_foreign_script(Submission(body=body), context)

    assert signal is not None
    assert signal.weight == POINTS["foreign_script"]


@pytest.mark.parametrize(
    ("body", "thread"),
    [
        # Nothing is known about the thread.
        (RUSSIAN, set()),
        # One of the thread's scripts.
        (RUSSIAN, {"Latin", "Cyrillic"}),
        # A word of another script in an English sentence.
        ("The Russian word for that would be часы, I was told", {"Latin"}),
        # Too little to say.
        ("Да", {"Latin"}),
        # No letters at all.
        ("12345 67890 !!!", {"Latin"}),
    ],
)
def test_other_letters_are_no_evidence(body: str, thread: set[str]) -> None:
    context = Context(thread_scripts=frozenset(thread))

    signal = find_foreign_script(Submission(body=body), context)

    assert signal is None
