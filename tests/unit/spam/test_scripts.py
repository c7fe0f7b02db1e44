import pytest

from moderation.spam.scripts import count_scripts, find_main_scripts


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Zoë 12!", {"Latin": 3}),
        ("мир and", {"Cyrillic": 3, "Latin": 3}),
        ("αβ", {"Greek": 2}),
        ("日本ひらカナ", {"Han": 2, "Japanese": 4}),
        ("שלום", {"Hebrew": 4}),
        # A script that nobody listed.
        ("ᚠᚢ", {"other": 2}),
        # No letters.
        ("", {}),
        ("1 + 1 🙂", {}),
        ("\ud800\x00", {}),
    ],
)
def test_letters_are_counted_by_script(text: str, counts: dict[str, int]) -> None:
    assert dict(count_scripts(text)) == counts


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("An English text with one мир", {"Latin", "Cyrillic"}),
        ("An English text that goes on for quite a while with one мир", {"Latin"}),
        ("123", set()),
    ],
)
def test_a_tenth_of_the_letters_makes_a_main_script(
    text: str, scripts: set[str]
) -> None:
    assert find_main_scripts(text) == scripts
