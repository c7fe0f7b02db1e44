"""Owns the search for patterns, which are tried only where they can match.

To try an expression at every character of a comment takes a hundred times as long as
to see that it can't match.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

# More than this proves nothing more, and it bounds the time.
MOST_MATCHES = 20
# Of a word this much is looked at to find the patterns that may begin with it.
HEAD_CHARACTERS = 3

Ranges = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginnings:
    """A text, and where words begin in it, in order, by their first letters."""

    text: str
    places: Mapping[str, Sequence[int]]


def find_beginnings(
    text: str, words: Iterable[str], starts: Iterable[int]
) -> Beginnings:
    """Return the beginnings of the `words` of a text, given where each starts."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for word, start in zip(words, starts, strict=True):
        # No letter comes before a colon: a number stands for all of its first digit.
        places[word[:HEAD_CHARACTERS] if word > ":" else word[0]].append(start)
    return Beginnings(text=text, places=places)


@dataclass(frozen=True, kw_only=True, slots=True)
class WordPattern:
    """A regular expression that begins with a word, and the heads of such words."""

    heads: frozenset[str]
    expression: re.Pattern[str]

    def find(self, beginnings: Beginnings) -> Ranges:
        """Return where the first matches begin and end, none inside another."""
        places = beginnings.places
        heads = self.heads & places.keys()
        if not heads:
            return []
        match_at, text = self.expression.match, beginnings.text
        found: Ranges = []
        end = 0
        for start in sorted(chain.from_iterable(map(places.__getitem__, heads))):
            match = match_at(text, start)
            if match is None or start < end:
                continue
            found.append(match.span())
            end = match.end()
            if len(found) == MOST_MATCHES:
                break
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """A regular expression, and the pieces without which it can't match."""

    signs: tuple[str, ...]
    expression: re.Pattern[str]

    def find(self, text: str) -> Ranges:
        """Return where the first matches in `text` begin and end."""
        if not any(sign in text for sign in self.signs):
            return []
        matches = islice(self.expression.finditer(text), MOST_MATCHES)
        return [match.span() for match in matches]


def make_word_pattern(words: str, expression: str) -> WordPattern:
    """Return the pattern of `expression` (verbose), which begins with one of `words`.

    They stand there divided by commas; of the longer ones their beginning will do.
    """
    return WordPattern(
        heads=frozenset(word.strip()[:HEAD_CHARACTERS] for word in words.split(",")),
        expression=re.compile(expression, re.VERBOSE),
    )


def make_pattern(signs: str, expression: str, *, flags: int = 0) -> Pattern:
    """Return the pattern of `expression` (verbose) with `signs`, divided by commas."""
    return Pattern(
        signs=tuple(" ".join(sign.split()) for sign in signs.split(",")),
        expression=re.compile(expression, re.VERBOSE | flags),
    )
