"""Owns the word signal: one piece of evidence and where it stands in the text."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Field = Literal["body", "author", "email", "website"]

# As many as a moderator looks at; it bounds what is stored with a comment.
MOST_SPANS = 20


# Named tuples, as they are made twenty times a comment: in a third of the time.
class Span(NamedTuple):
    """A part of one field as given: code points `start` to before `end`."""

    field: Field
    start: int
    end: int


class Signal(NamedTuple):
    """One piece of evidence.

    `weight` is in log-odds: above 0 speaks for spam, below 0 against it. `reason` is
    a sentence a moderator reads. `spans` mark the evidence, in the order it stands.
    """

    name: str
    weight: float
    reason: str
    spans: tuple[Span, ...] = ()


def mark(field: Field, ranges: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Return the first `MOST_SPANS` ranges that are not empty, as spans of `field`."""
    spans = []
    for start, end in ranges:
        if end > start:
            spans.append(Span(field, start, end))
            if len(spans) == MOST_SPANS:
                break
    return tuple(spans)
