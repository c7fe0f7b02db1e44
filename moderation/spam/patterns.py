"""Owns the search for patterns, which are tried only where they can match.

To try an expression at every character of a comment takes a hundred times as long as
to see that it can't match.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

# More than this proves nothing more, and it bounds the time.
MOST_MATCHES = 20
# Of a word this much is looked at to find the patterns that may begin with it.
HEAD_CHARACTERS = 3

Ranges = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginnings:
    """A text, and the first letters of its words, in order, with their places."""

    text: str
    heads: Sequence[str]
    starts: Sequence[int]
    different: frozenset[str]


def find_beginnings(
    text: str, words: Sequence[str], starts: Sequence[int]
) -> Beginnings:
    """Return the beginnings of the `words` of a text, given where each starts."""
    # No letter comes before a colon: a number stands for all of its first digit.
    heads = [word[:HEAD_CHARACTERS] if word > ":" else word[0] for word in words]
    return Beginnings(text=text, heads=heads, starts=starts, different=frozenset(heads))


@dataclass(frozen=True, kw_only=True, slots=True)
class WordPattern:
    """A regular expression that begins with a word, and the heads of such words."""

    heads: frozenset[str]
    expression: re.Pattern[str]

    def find(self, beginnings: Beginnings) -> Ranges:
        """Return where the first matches begin and end, none inside another."""
        heads = self.heads
        if heads.isdisjoint(beginnings.different):
            return []
        places = zip(beginnings.heads, beginnings.starts, strict=True)
        found: Ranges = []
        end = 0
        for start in [start for head, start in places if head in heads]:
            match = self.expression.match(beginnings.text, start)
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
