import pytest

from moderation.spam.context import Context, Twins
from moderation.spam.heuristics.respun_text import find_respun_text
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://a.example and https://b.example")


@pytest.mark.parametrize(
    ("context", "points"),
    [
        # One earlier spam, several of them.
        (Context(twins=Twins(spam=1)), "respun_text_1"),
        (Context(twins=Twins(spam=2)), "respun_text_2"),
        # More spam than approved copies.
        (Context(twins=Twins(spam=2, approved=1)), "respun_text_2"),
        # Spam stays spam if the same author sends it again.
        (Context(twins=Twins(spam=1, by_same_author=1)), "respun_text_1"),
        # Somebody else has sent it, and nobody has decided yet.
        (Context(twins=Twins(other=1)), "respun_text_held"),
        (Context(twins=Twins(other=2, by_same_author=1)), "respun_text_held"),
    ],
)
def test_what_is_known_is_weighed(context: Context, points: str) -> None:
    signal = find_respun_text(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS[points]


@pytest.mark.parametrize(
    ("twins", "words"),
    [
        (Twins(spam=1), "once found to be spam."),
        (Twins(spam=3, approved=1), "3 times found to be spam, once approved."),
        # What did not happen is not told.
        (Twins(other=1), "once not decided yet or not wanted."),
    ],
)
def test_the_reason_tells_what_became_of_the_copies(twins: Twins, words: str) -> None:
    signal = find_respun_text(SUBMISSION, Context(twins=twins))

    assert signal is not None
    assert signal.reason == f"Nearly the same text was sent before: {words}"


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(twins=Twins()),
        # A quotation that was approved before.
        Context(twins=Twins(spam=1, approved=1)),
        Context(twins=Twins(approved=1, other=3)),
        # The author tries again.
        Context(twins=Twins(other=1, by_same_author=1)),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_respun_text(SUBMISSION, context)

    assert signal is None
