"""Owns the word signal: one piece of evidence and where it stands in the text."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["body", "author", "email", "website"]


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
