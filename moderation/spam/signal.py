"""Owns the word signal: one piece of evidence and where it stands in the text."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

Field = Literal["body", "author", "email", "website"]

# As many as a moderator looks at; it bounds what is stored with a comment.
MOST_SPANS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A part of one field as given: code points `start` to before `end`."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
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
    spans = (
        Span(field=field, start=start, end=end) for start, end in ranges if end > start
    )
    return tuple(islice(spans, MOST_SPANS))
