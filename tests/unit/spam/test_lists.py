import pytest

from moderation.spam.lists import (
    MOST_HITS,
    MOST_KEPT,
    PHRASE_INDEX,
    PhraseIndex,
    find_entries,
    is_listed,
)

INDEX = PhraseIndex(
    "cheap watches\ncheap watches online\ncheap-meds\nthe best\n<a href\ntiny",
    common=frozenset({"the"}),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The longest that fits.
        ("cheap watches online now", ["cheap watches online"]),
        # Behind a mark.
        ("(cheap-meds)", ["cheap-meds"]),
        # Twice: once.
        ("cheap-meds cheap-meds", ["cheap-meds"]),
        # Inside of words.
        ("notcheap-meds cheap-medsx", []),
        # Common words, markup and short entries are left out.
        ("the best <a href tiny", []),
    ],
)
def test_entries_are_found_between_the_bounds_of_words(
    text: str, found: list[str]
) -> None:
    hits = find_entries(text, INDEX)

    assert list(hits) == found
    assert all(text[start:end] == entry for entry, (start, end) in hits.items())


def test_the_number_of_hits_is_bounded() -> None:
    entries = [f"phrase {n}" for n in range(100)]

    hits = find_entries(
        " ".join(entries), PhraseIndex("\n".join(entries), common=frozenset())
    )

    assert len(hits) == MOST_HITS


def test_what_was_met_long_ago_is_found_again() -> None:
    firsts = [f"word{n}" for n in range(MOST_KEPT + 1)]
    index = PhraseIndex(
        "\n".join(f"{first} sells" for first in firsts), common=frozenset()
    )

    found = [[*index.find([first, "sells"])] for first in (*firsts, firsts[0])]

    assert found == [[f"{first} sells"] for first in (*firsts, firsts[0])]


# What people say of their treatment must not be evidence, whatever the lists hold.
@pytest.mark.parametrize(
    "text",
    ["sertraline", "xanax", "depression symptom", "massage therapy", "viagra"],
)
def test_medicines_and_illnesses_alone_are_not_listed(text: str) -> None:
    assert find_entries(text, PHRASE_INDEX) == {}


def test_medicines_on_offer_are_listed() -> None:
    assert find_entries("buy viagra", PHRASE_INDEX)


@pytest.mark.parametrize(
    ("host", "listed"),
    [
        ("spam.example", True),
        ("www.a.spam.example", True),
        ("notspam.example", False),
        ("example", False),
        ("", False),
    ],
)
def test_a_domain_stands_for_all_under_it(host: str, *, listed: bool) -> None:
    assert is_listed(host, frozenset({"spam.example"})) is listed
