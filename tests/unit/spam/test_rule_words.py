import pytest

from moderation.spam.rule_words import find_words, split_words


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        # Capitals and signs between words make no difference.
        ("Best CASINO, ever!", ("best", "casino", "ever")),
        ("best_casino-ever", ("best", "casino", "ever")),
        # Full-width letters, ligatures, and what German writes two ways.
        ("ＣＡＳＩＮＯ ﬁne", ("casino", "fine")),
        ("STRASSE Straße", ("strasse", "strasse")),
        # What nobody sees: soft hyphen, zero-width space and joiner.
        ("ca\u00adsi\u200bno\u2060", ("casino",)),
        # An accent is part of its letter, in one character or two.
        ("caf\u00e9 cafe\u0301", ("caf\u00e9", "caf\u00e9")),
        # Letters of another alphabet are other letters: this is Cyrillic.
        ("саsino", ("саsino",)),
        # Scripts without spaces: each character by itself, half-width ones as well.
        ("赌场 ok", ("赌", "场", "ok")),
        ("ｶｼﾞﾉ", ("カ", "ジ", "ノ")),
        # Nothing to compare.
        ("!?… \u200b", ()),
        ("", ()),
    ],
)
def test_a_text_is_split_into_comparable_words(
    written: str, compared: tuple[str, ...]
) -> None:
    assert split_words(written) == compared


@pytest.mark.parametrize(
    "text", ["Ein ＣＡＳＩＮＯ hier", "A casino here", "ca\u00adsino"]
)
def test_places_are_those_of_the_text_as_written(text: str) -> None:
    places = [text[start:end] for start, end in find_words(text).spans]

    assert places == text.split()
