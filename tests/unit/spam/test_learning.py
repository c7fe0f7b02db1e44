import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.spam.learning import (
    MOST_DOMAINS,
    MOST_WORDS,
    Learnt,
    Tally,
    compute_ratios,
    find_evidence,
    find_fingerprint,
    score_history,
    score_signals,
    score_words,
)
from moderation.spam.submission import Submission

TALLIES = st.builds(Tally, st.integers(0, 10_000), st.integers(0, 10_000))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        # The address counts, however it is typed, and whatever the name.
        (("Ada", "Ada@Example.org "), ("A. L.", "ada@example.org"), True),
        (("Ada", "ada@example.org"), ("Ada", "eve@example.org"), False),
        # Without one, the name.
        (("Ada", ""), ("Ada ", ""), True),
        # Nobody's name is somebody else's address.
        (("ada@example.org", ""), ("Ada", "ada@example.org"), False),
    ],
)
def test_an_author_is_known_by_address_or_else_by_name(
    one: tuple[str, str], other: tuple[str, str], *, is_same: bool
) -> None:
    first, second = (
        find_fingerprint(Submission(body="", author=name, email=email))
        for name, email in (one, other)
    )

    assert (first == second) is is_same
    assert "ada" not in first


def test_nobody_has_no_fingerprint() -> None:
    assert find_fingerprint(Submission(body="Hello")) == ""


def test_what_is_counted_is_bounded() -> None:
    words = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}q" for n in range(676))
    links = " ".join(f"https://h{n}.example" for n in range(100))
    body = f"{words} {links}"

    evidence = find_evidence(Submission(body=body), ["website"])

    assert len(evidence.words) == MOST_WORDS
    assert len(evidence.domains) == MOST_DOMAINS
    assert evidence.signals == {"website"}


def test_two_copies_of_a_long_text_are_cut_alike() -> None:
    body = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}q" for n in range(676))

    one = find_evidence(Submission(body=body), [])
    other = find_evidence(Submission(body=f"Hello! {body}"), [])

    assert len(one.words & other.words) > MOST_WORDS * 0.98


@given(TALLIES, TALLIES)
def test_what_is_as_common_in_both_kinds_says_nothing(one: Tally, other: Tally) -> None:
    totals = Tally(spam=one.spam + other.spam, ham=one.ham + other.ham)
    mirrored = Tally(spam=one.ham, ham=one.spam)
    turned = Tally(spam=totals.ham, ham=totals.spam)

    ratios = compute_ratios([1, 2], {1: one}, totals)

    assert ratios == {1: pytest.approx(-compute_ratios([1], {1: mirrored}, turned)[1])}


def test_one_kind_alone_is_not_trusted() -> None:
    learnt = Learnt(totals=Tally(spam=500))

    assert score_words({1: 4.0}, 1, learnt) == 0
    assert score_signals({"website": 4.0}, 1, learnt) == 0


def test_a_history_is_never_worth_more_than_one() -> None:
    scores = [
        score_history(Tally(spam=spam, ham=ham), added=0.5, unit=2.0)
        for spam, ham in ((0, 99), (0, 1), (1, 1), (1, 0), (99, 0))
    ]

    assert scores == sorted(scores)
    assert (scores[0], scores[2], scores[-1]) == (-1, 0, 1)
