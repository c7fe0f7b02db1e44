import unicodedata
from contextlib import nullcontext

import pytest

from moderation.domain.errors import InvalidInputError
from moderation.domain.passwords import prepare_password


@pytest.mark.parametrize(
    "password",
    [
        # The least.
        "k7#mPq2!vX9z",
        # A passphrase, which is what we hope for.
        "correct pony battery",
        # ASVS 6.2.9 asks that 64 be taken; so many of any script.
        "ÄñйΩ字x" * 32,
        # A common word among others is no common password.
        "password of my own making",
    ],
)
def test_a_fit_password_is_taken(password: str) -> None:
    assert prepare_password(password) == unicodedata.normalize("NFKC", password)


@pytest.mark.parametrize(
    "password",
    [
        # One character too few.
        "k7#mPq2!vX9",
        # One too many.
        "k7#mPq2!vX9z" * 21 + "12345",
        # Digits in a row, both ways, and spaced.
        "123456789012",
        "987654321098",
        "1234 5678 9012",
        # The alphabet.
        "abcdefghijkl",
        # Hardly any different characters.
        "aaaaaaaaaaaa",
        "abababababab",
        # Common words, with what people put behind them.
        "PasswordPassword1!",
        "qwertyuiop12",
        "Password2026!!!",
        # What many have taken before, with what makes it long enough.
        "Liverpool2025!",
        "sunshine........",
        "justinbieber",
        # The same, said again and again.
        "dragondragondragon",
        "monkey monkey 1",
        # Nothing but digits and signs behind no word.
        "19870412!1987",
    ],
)
def test_an_unfit_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        prepare_password(password)

    assert list(caught.value.errors) == ["password"]


@pytest.mark.parametrize(
    ("password", "is_fit"),
    [
        ("ada.lovelace@example.org", False),
        ("Ada.Lovelace1", False),
        ("lovelace lovelace", False),
        # Her name among words of her own.
        ("lovelace wrote of engines", True),
    ],
)
def test_a_password_is_not_made_of_the_address(password: str, *, is_fit: bool) -> None:
    refusal = nullcontext() if is_fit else pytest.raises(InvalidInputError)

    with refusal:
        prepare_password(password, known=["ada.lovelace@example.org"])


def test_both_ways_of_typing_a_letter_are_one_password() -> None:
    composed = unicodedata.normalize("NFC", "pässwörter sind müßig")
    decomposed = unicodedata.normalize("NFD", composed)

    assert prepare_password(composed) == prepare_password(decomposed)
