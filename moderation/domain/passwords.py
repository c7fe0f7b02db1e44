"""Owns what makes a password fit to be set (ASVS 5.0.0, 6.2)."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from moderation.domain.errors import InvalidInputError

LEAST_CHARACTERS = 12
# Far above the 64 that ASVS 6.2.9 asks for; a bound on what is hashed.
MOST_CHARACTERS = 256
FEWEST_DIFFERENT = 5
# How many characters a password needs besides what is known of its owner.
FEWEST_OTHERS = 6
# Unicode's form in which a password is hashed: keyboards send one letter in two ways
# (NIST SP 800-63B, 3.1.1.2).
NORMAL_FORM: Literal["NFKC"] = "NFKC"

# What people take most often (ASVS 6.2.4): without case, and without the digits and
# signs at the end, so that each line stands for all that begin with it.
_LIST = Path(__file__).with_name("common_passwords.txt")
# What they take when twelve characters are asked for, written in the same way.
_COMMON = frozenset(
    """
    abcdefghijkl abcdefghijklm administrator adminadminadmin changemechangeme
    changemenow correcthorsebatterystaple fuckyoufuckyou iloveyouiloveyou
    iloveyouforever iloveyousomuch iloveyouverymuch leaveareply leavereply
    letmeinletmein letmeinplease liverpoolfc manchesterunited mypasswordis
    mypassword myspacepassword onetwothreefour passw0rdpassw0rd passwort
    passwortpasswort password passwordpassword passwordone qazwsxedcrfv
    qazwsxedcrfvtgb qweasdzxcqweasdzxc qwertyqwerty qwertyuiop qwertyuiopasdf
    qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertzuiop secretsecret
    supersecret supersecretpassword testtesttest thisisapassword
    thisismypassword unbelievable welcomewelcome zaqxswcdevfr zxcvbnmasdfgh
    """.split()  # noqa: SIM905 a list of words reads better without quotes
)
_PARTS = re.compile(r"[@.+_-]")
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz")


def prepare_password(password: str, *, known: Iterable[str] = ()) -> str:
    """Return a new password in the form it is hashed in.

    `known` are words that whoever guesses tries first, as the address.

    :raises InvalidInputError: if it is too short, too long or easily guessed.
    """
    prepared = unicodedata.normalize(NORMAL_FORM, password)
    problem = _find_problem(prepared) or _find_known(prepared, known)
    if problem:
        raise InvalidInputError({"password": [problem]})
    return prepared


def _find_problem(password: str) -> str:
    if len(password) < LEAST_CHARACTERS:
        return f"Use at least {LEAST_CHARACTERS} characters; a few words do well."
    if len(password) > MOST_CHARACTERS:
        return f"Use at most {MOST_CHARACTERS} characters."
    if _is_common(password):
        return "This is one of the first passwords tried. Use a few words of your own."
    return ""


def _find_known(password: str, known: Iterable[str]) -> str:
    """Return what is wrong if little but a known word stands there (ASVS 6.2.11)."""
    plain = password.casefold()
    for text in known:
        for word in (text.casefold(), *_PARTS.split(text.casefold())):
            rest = len(plain) - plain.count(word) * len(word) if word else len(plain)
            if rest < FEWEST_OTHERS:
                return "This is made of your address. Use a few words of your own."
    return ""


def _is_common(password: str) -> bool:
    letters = "".join(password.casefold().split())
    if len(set(letters)) < FEWEST_DIFFERENT:
        return True
    if any(letters in row or letters[::-1] in row for row in _ROWS):
        return True
    word = letters.rstrip("0123456789!?.*#$_-")
    unit = _find_unit(word)
    return not unit or unit in _COMMON or unit in _load_list()


def _find_unit(word: str) -> str:
    """Return what a word is a repetition of: itself, mostly."""
    # A text stands within itself, doubled, first where its repetition begins.
    return word[: (word + word).find(word, 1)]


@cache
def _load_list() -> frozenset[str]:
    """Return the list, read when the first password is set."""
    return frozenset(_LIST.read_text(encoding="ascii").split())
