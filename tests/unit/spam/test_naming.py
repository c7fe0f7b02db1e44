import pytest

from moderation.spam.naming import list_readable
from moderation.spam.submission import Submission

BODY = (
    "Don\u2019t miss 50% off! Cheap watches at http://shop.example/cheap/rolex and "
    "\u624b\u8868 ? Na\u00efve readers reply now."
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        # Words, two in a row, hosts.
        ("cheap", ["cheap"]),
        ("cheap watches", ["cheap watches"]),
        ("shop.example", ["shop.example"]),
        ("don't", ["don't"]),
        ("na\u00efve", ["na\u00efve"]),
        ("\u624b\u8868", ["\u624b\u8868"]),
        # A word of the author's name.
        ("kickboxing", ["kickboxing"]),
        # The beginning of a word stands for the word.
        ("watch\u2026", ["watches"]),
        # Marks, numbers and lengths.
        ("!", []),
        ("off !", []),
        ("0", []),
        ("miss 0", []),
        ("4 words or more", []),
        # Pieces of an address that nobody wrote as words.
        ("rolex", []),
        ("example", []),
        # No host, and what stands in any text.
        ("", []),
        ("and", []),
        ("at", []),
    ],
)
def test_only_what_can_be_read_is_named(name: str, shown: list[str]) -> None:
    submission = Submission(body=BODY, author="Kickboxing 12")

    assert list(list_readable([name], submission)) == shown


def test_nothing_is_named_twice() -> None:
    names = ["cheap watches", "watch\u2026", "cheap", "readers", "reade\u2026"]

    shown = list_readable(names, Submission(body=BODY))

    assert list(shown) == ["cheap watches", "readers"]
