"""Owns how text is cut into the words it is found by, in any script.

The same on both sides: what is stored for searching, and what is searched for. Words
hold nothing but letters, numbers and their marks, so that none means anything to a
database's query language.
"""

import re
import unicodedata

# A word is cut there: an address of a thousand letters is found by its beginning.
LONGEST_WORD = 60
# Compatibility forms can be 18 times as long as what was written.
MOST_CHARACTERS = 200_000
# Scripts that put no space between words: kana, ideographs, Thai, Lao, Burmese, Khmer.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Marks that are part of a word in the scripts of India; Python counts them as none.
_MARKS = "\u0900-\u0963\u0966-\u0dff"
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic: seldom typed.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(
    f"(?P<unspaced>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])(?:[^\\W_]|[{_MARKS}]))+"
)


def cut_words(text: str, *, is_sought: bool = False) -> list[str]:
    """Return the words of a text in order: small letters, without accents.

    A run of a script without spaces becomes its overlapping pairs, as Lucene's
    CJKAnalyzer has it: most words of Chinese have two characters. The last character
    stands alone at the end, so that each begins a word, unless it is sought: then the
    pairs alone stand for the run.
    """
    if text.isascii():
        found = _ASCII_WORD.findall(_simplify(text))
        return [word[:LONGEST_WORD] for word in found]
    words: list[str] = []
    for match in _WORD.finditer(_simplify(text)):
        if match["unspaced"]:
            words += _cut_pairs(match[0], is_sought=is_sought)
        else:
            words.append(match[0][:LONGEST_WORD])
    return words


def is_unspaced(word: str) -> bool:
    """Return whether a word is of a script that puts no spaces between words."""
    match = _WORD.match(word)
    return match is not None and match["unspaced"] is not None


def _simplify(text: str) -> str:
    if text.isascii():
        return text.lower()[:MOST_CHARACTERS]
    flat = unicodedata.normalize("NFKD", text)[:MOST_CHARACTERS].casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", flat))


def _cut_pairs(run: str, *, is_sought: bool) -> list[str]:
    pairs = [run[place : place + 2] for place in range(len(run))]
    return pairs[:-1] if is_sought and len(pairs) > 1 else pairs
