import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.spam.submission import Submission
from moderation.spam.words import (
    MOST_LETTERS,
    MOST_TOKENS,
    hash_letters,
    hash_token,
    split_tokens,
)


def list_names(submission: Submission) -> set[str]:
    return set(submission.hashes.values())


def has(submission: Submission, token: str) -> bool:
    return hash_token(token) in submission.hashes


def test_words_and_pairs_are_found_again_in_any_case() -> None:
    one = Submission(body="Don’t miss 25 CASINO nights")
    other = Submission(body="don't miss 9000 casino nights")

    assert one.hashes == other.hashes
    assert {"don't", "0 casino", "casino nights"} <= list_names(one)


@pytest.mark.parametrize(
    ("submission", "token"),
    [
        # The text of a link is read as text, in every markup.
        (Submission(body='<a href="http://x.example">cheap pills</a>'), "cheap pills"),
        (Submission(body="[url=http://x.example]cheap pills[/url]"), "cheap pills"),
        (Submission(body="[cheap pills](http://x.example)"), "cheap pills"),
        # The name and addresses have words of their own kind.
        (Submission(body="Hi", author="Casino Bonus"), "a:casino"),
        (Submission(body="Hi", website="https://www.casino-win.example/"), "u:casino"),
        (Submission(body="See https://bestslots.example/x"), "h:bestslots.example"),
        (Submission(body="See https://bestslots.example/x"), "g:slot"),
        # Forms of one word have their beginning in common.
        (Submission(body="gambling"), "p:gambl"),
        (Submission(body="one two three four"), "#4"),
    ],
)
def test_a_token_stands_for_each_kind_of_evidence(
    submission: Submission, token: str
) -> None:
    assert has(submission, token)


def test_kinds_of_tokens_are_kept_apart() -> None:
    named = Submission(body="Hi", author="Casino")

    assert has(named, "a:casino")
    assert not has(named, "casino")


def test_addresses_and_tags_are_no_words() -> None:
    submission = Submission(body="Go <b>now</b> to https://x.example/secret.")

    assert has(submission, "go now")
    assert not has(submission, "secret")
    assert not has(submission, "b")


def test_the_numbers_never_change() -> None:
    assert [hash_token(token) for token in ("casino", "a:casino", "é \udfff")] == [
        8_589_127,
        4_701_539,
        6_423_232,
    ]


def test_a_number_has_24_bits() -> None:
    submission = Submission(
        body=" ".join(f"w{chr(97 + n % 26)}x{n}" for n in range(500))
    )

    assert all(0 <= number < 1 << 24 for number in submission.hashes)


def test_what_is_read_of_a_text_is_bounded() -> None:
    assert len(split_tokens("a " * 9_000)) == MOST_TOKENS
    assert len(Submission(body="ab cd " * 10_000).hashes) < 20
    assert has(Submission(body="padding " * 9_000 + "the end"), "the end")


def test_the_ends_of_a_word_count_as_letters() -> None:
    found = hash_letters("été")

    letters = ["<ét", "été", "té>", "<été", "été>"]
    assert found == [hash_token(piece) for piece in letters]


def test_of_a_very_long_word_the_beginning_is_read() -> None:
    assert len(hash_letters("a" * 8_000)) < 2 * MOST_LETTERS + 2


@given(st.text("aZ09 _-.'!?$", max_size=40))
def test_english_words_are_counted_as_they_are_beside_others(text: str) -> None:
    assert [*split_tokens(text), "é"] == split_tokens(f"{text} é")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("4 a²", ["0", "a", "0"]),
        # Digits of other scripts, and in full width, are digits.
        ("４２ ٣", ["0", "0"]),
        # A raised one is none; nobody knows better, and what was learnt counts so.
        ("a²", ["a", "2"]),
    ],
)
def test_every_number_counts_as_one(text: str, tokens: list[str]) -> None:
    assert split_tokens(text) == tokens


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("casino", "casino"),
        ("p:casin", "casin…"),
        ("casino bonus", "casino bonus"),
        ("bonus here", "bonus here"),
        ("#4", "4 words or more"),
        ("a:ann", "ann"),
        ("h:a.example", "a.example"),
        ("h:c.example", "c.example"),
    ],
)
def test_a_number_has_the_name_of_its_token(token: str, name: str) -> None:
    submission = Submission(
        body="Casino bonus here now https://a.example/b",
        author="Ann",
        website="c.example",
    )

    assert submission.hashes[hash_token(token)] == name
