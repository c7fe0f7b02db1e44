import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.author_history import find_author_history
from moderation.spam.learning import Learnt, Tally
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="Hello", email="ada@example.org")


def know(*, spam: int = 0, ham: int = 0, is_author_confirmed: bool = False) -> Context:
    learnt = Learnt(author=Tally(spam=spam, ham=ham))
    return Context(learnt=learnt, is_author_confirmed=is_author_confirmed)


@pytest.mark.parametrize(
    ("context", "name"),
    [
        (know(spam=9), "author_of_spam"),
        # An address can be typed by anyone.
        (know(ham=50), "author_approved"),
        (know(ham=50, is_author_confirmed=True), "author_confirmed"),
    ],
)
def test_a_long_history_of_one_kind_has_its_full_weight(
    context: Context, name: str
) -> None:
    signal = find_author_history(SUBMISSION, context)

    assert signal is not None
    assert (signal.name, signal.weight) == (name, POINTS[name])


def test_the_longer_the_history_the_more_it_says() -> None:
    signals = [
        find_author_history(SUBMISSION, know(spam=spam, ham=ham))
        for spam, ham in ((2, 1), (1, 0), (2, 0))
    ]

    weights = [signal.weight for signal in signals if signal]
    assert weights == sorted(set(weights))
    assert len(weights) == 3


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(learnt=Learnt()),
        # Confirmed, but never approved.
        know(is_author_confirmed=True),
        # A mixed record.
        know(spam=3, ham=3),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_author_history(SUBMISSION, context)

    assert signal is None
