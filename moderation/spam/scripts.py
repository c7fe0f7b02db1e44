"""Owns which script (Latin, Cyrillic, Han …) the letters of a text belong to.

Ranges after Scripts.txt of Unicode 16, narrowed to the scripts people write comments
in; letters of any other script count as "other".
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

# More than this is not read: it bounds the time and decides no honest comment.
LONGEST_SAMPLE = 8_000
# A script with less than this share of the letters is a name, a formula, a quote.
SMALLEST_SHARE = 0.10

_RANGES = (
    (0x0041, 0x024F, "Latin"),
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x06FF, "Arabic"),
    (0x0750, 0x077F, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Hangul"),
    (0x1E00, 0x1EFF, "Latin"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x3040, 0x30FF, "Japanese"),
    (0x3130, 0x318F, "Hangul"),
    (0x31F0, 0x31FF, "Japanese"),
    (0x3400, 0x9FFF, "Han"),
    (0xAC00, 0xD7AF, "Hangul"),
    (0xF900, 0xFAFF, "Han"),
    (0xFF21, 0xFF5A, "Latin"),
    (0xFF66, 0xFF9D, "Japanese"),
    (0x1D400, 0x1D7FF, "Latin"),
    (0x20000, 0x323AF, "Han"),
)
_NO_ASCII = re.compile(r"[^\0-\x7f]")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_STARTS = tuple(start for start, _, _ in _RANGES)


def count_scripts(text: str) -> Mapping[str, int]:
    """Return how many letters of each script stand in the beginning of `text`."""
    sample = text[:LONGEST_SAMPLE]
    english = len(sample.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    counts: dict[str, int] = {"Latin": english} if english else {}
    if not sample.isascii():
        for character, times in Counter(_NO_ASCII.findall(sample)).items():
            if character.isalpha():
                script = find_script(character)
                counts[script] = counts.get(script, 0) + times
    return counts


def find_main_scripts(text: str) -> frozenset[str]:
    """Return the scripts that a tenth or more of the letters belong to."""
    counts = count_scripts(text)
    letters = sum(counts.values())
    return frozenset(
        script for script, count in counts.items() if count >= SMALLEST_SHARE * letters
    )


@lru_cache(maxsize=4_096)
def find_script(letter: str) -> str:
    """Return the script of one letter, "other" if it is none of the known."""
    code = ord(letter)
    place = bisect_right(_STARTS, code) - 1
    if place >= 0 and code <= _RANGES[place][1]:
        return _RANGES[place][2]
    return "other"
