import pytest

from moderation.domain.words import LONGEST_WORD, cut_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Small letters, and nothing but letters and numbers.
        ("Buy CHEAP pills, now!", ["buy", "cheap", "pills", "now"]),
        # An address falls into its words.
        ("https://casino.example/a?b=1", ["https", "casino", "example", "a", "b", "1"]),
        # Accents are seldom typed.
        ("Über café naïve Ångström", ["uber", "cafe", "naive", "angstrom"]),
        # One letter, however it is written.
        ("ﬁne ① ｆｕｌｌ", ["fine", "1", "full"]),
        # Pairs of a script without spaces, and its last character.
        ("日本語です", ["日本", "本語", "語で", "です", "す"]),
        ("私", ["私"]),
        ("fooで日本bar", ["foo", "で日", "日本", "本", "bar"]),
        # Korean has spaces; its syllables stay whole.
        ("안녕 세상", ["안녕", "세상"]),
        # The vowels of India are marks, and part of the word.
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        # What is no word of any language, and what a query language might mean.
        ("NEAR(a b) \" ' * - : ^ {x}", ["near", "a", "b", "x"]),
        ("", []),
        ("\ud800 \x00", []),
    ],
)
def test_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert cut_words(text) == words


def test_a_run_that_is_sought_is_its_pairs_alone() -> None:
    assert cut_words("日本語", is_sought=True) == ["日本", "本語"]
    assert cut_words("語", is_sought=True) == ["語"]


def test_a_word_is_cut_to_a_length() -> None:
    assert cut_words("x" * 70_000) == ["x" * LONGEST_WORD]
