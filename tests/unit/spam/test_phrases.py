import pytest

from moderation.spam.phrases import (
    MOST_HITS,
    Hit,
    find_phrases,
    find_ranges,
    make_book,
    split_phrases,
)

BOOK = make_book(["buy now", "buy", "now or never"])


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        # The longest wins.
        ("please buy now", [("buy now", 1, 2)]),
        ("buy or sell", [("buy", 0, 0)]),
        # No overlap: the word "now" is spent.
        ("buy now or never", [("buy now", 0, 1)]),
        ("buy buy", [("buy", 0, 0), ("buy", 1, 1)]),
        # Cut off at the end.
        ("now or", []),
        ("", []),
    ],
)
def test_phrases_are_found(words: str, hits: list[tuple[str, int, int]]) -> None:
    assert list(find_phrases(words.split(), BOOK)) == hits


def test_a_flood_of_phrases_is_cut() -> None:
    assert len(find_phrases(["buy"] * 2 * MOST_HITS, BOOK)) == MOST_HITS


def test_ranges_reach_from_the_first_word_to_the_last() -> None:
    hit = Hit(phrase="buy now", first=1, last=2)

    assert find_ranges([hit], [(0, 2), (3, 6), (8, 11)]) == [(3, 11)]


def test_lists_are_divided_by_commas_and_lines_don_t_matter() -> None:
    assert split_phrases("a b,\n  c", "d") == {"a b", "c", "d"}
