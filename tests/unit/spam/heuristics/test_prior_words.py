import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.prior_words import find_prior_words
from moderation.spam.prior import SHIPPED
from moderation.spam.submission import Submission

SPAM = "Buy cheap generic viagra online, casino bonus and payday loans for sale"
HAM = "I tried this in my code and it did not compile. What version do you use?"


@pytest.mark.parametrize(
    ("body", "side", "words"),
    [
        # What sells.
        (SPAM, 1, "Words typical of spam: "),
        # What people write to each other.
        (HAM, -1, "Words typical of honest comments: "),
    ],
)
def test_words_speak_for_and_against(body: str, side: int, words: str) -> None:
    submission = Submission(body=body)

    signal = find_prior_words(submission, Context())

    assert signal is not None
    assert signal.weight * side > 0
    assert signal.weight == SHIPPED.weigh_words(
        frozenset(submission.hashes), submission.counted_words
    )
    assert signal.reason.startswith(words)


def test_the_named_words_are_marked_where_they_stand() -> None:
    signal = find_prior_words(Submission(body=SPAM), Context())

    assert signal is not None
    named = signal.reason.removesuffix(".").partition(": ")[2].split(", ")
    marked = [SPAM[span.start : span.end].lower() for span in signal.spans]
    assert marked
    assert {word.removesuffix("…") for word in named} >= set(marked)


def test_a_text_without_known_words_is_no_evidence() -> None:
    assert find_prior_words(Submission(body=""), Context()) is None


def test_marks_and_pieces_of_addresses_are_not_named() -> None:
    body = f"{SPAM}!!! $100 ??? http://shop.example/viagra-online/store"

    signal = find_prior_words(Submission(body=body), Context())

    assert signal is not None
    named = signal.reason.removesuffix(".").partition(": ")[2].split(", ")
    assert named
    for name in named:
        assert name.replace(" ", "").isalpha() or name == "shop.example"
