from moderation.spam.reading import find_words
from moderation.spam.wordlist import HOST_PARTS, NAME_WORDS, PHRASES

# A word of treatment may stand in an offer, but never be listed by itself.
TREATMENT = {
    "pill",
    "pills",
    "medication",
    "medicine",
    "therapy",
    "therapist",
    "doctor",
    "prescription",
    "pharmacy",
    "viagra",
    "cialis",
    "antidepressant",
    "weight",
    "depression",
    "anxiety",
    "addiction",
    "suicide",
}


def test_every_phrase_can_be_found_as_it_is_written() -> None:
    assert [
        phrase for phrase in PHRASES if phrase.split() != list(find_words(phrase))
    ] == []


def test_no_word_of_treatment_is_listed_alone() -> None:
    assert PHRASES.isdisjoint(TREATMENT)


def test_words_are_in_lower_case() -> None:
    assert all(word == word.lower() for word in (*PHRASES, *NAME_WORDS, *HOST_PARTS))
