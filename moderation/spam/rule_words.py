"""Owns the words of rules: how a text is split so that writing them otherwise is idle.

Capitals, full-width letters, ligatures, and characters that nobody sees make no
difference. Letters of another alphabet that look alike do: they are other letters.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import normalize

# Combining accents belong to their letter; soft hyphens and zero-width characters are
# put into words to hide them.
_INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_JOINED = f"\u0300-\u036f{_INVISIBLE}"
# These scripts put no spaces between words: each character stands for itself.
_SINGLE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}](?:[^\W_{_SINGLE}]|[{_JOINED}])*+")
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
# No rule has a longer word, and a single letter can stand for eighteen.
LONGEST_WORD = 300


class Words(NamedTuple):
    """Words in the form they are compared in, and where each stands in the text."""

    texts: Sequence[str]
    spans: Sequence[tuple[int, int]]


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in the form they are compared in."""
    return tuple(find_words(text).texts)


def find_words(text: str) -> Words:
    """Return the words of a text with their places; one pass, linear time."""
    if text.isascii():
        low = text.lower()
        spans = [match.span() for match in _TOKEN.finditer(low)]
        return Words(texts=_TOKEN.findall(low), spans=spans)
    known: dict[str, Sequence[str]] = {}
    texts, spans = [], []
    for match in _TOKEN.finditer(text):
        written = match[0]
        words = known.get(written)
        if words is None:
            words = known[written] = _normalise(written)
        span = match.span()
        for word in words:
            texts.append(word)
            spans.append(span)
    return Words(texts=texts, spans=spans)


def _normalise(written: str) -> Sequence[str]:
    """Return what a word is compared as: more than one if it is of several signs.

    What is too long for a word is compared as "", which no rule looks for.
    """
    shown = _HIDDEN.sub("", written)
    if len(shown) > LONGEST_WORD:
        return ("",)
    # NFKC_Casefold of the Unicode Standard (3.13), near enough.
    folded = normalize("NFKC", normalize("NFKC", shown).casefold())
    return _TOKEN.findall(folded)
