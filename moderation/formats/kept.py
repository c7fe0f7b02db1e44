"""Owns what our own export keeps of a comment beside what it says (docs/export.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.domain.statuses import Status
from moderation.formats.times import parse_instant
from moderation.spam.learning import Label
from moderation.spam.verdict import Verdict

NAMES = ("version", "verdict", "note", "signals", "history")
LONGEST_NAME, LONGEST_AGENT = 60, 100


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSignal:
    """A signal the comment was judged by; `spans` are lists of field, start, end."""

    name: str
    weight: float
    reason: str
    spans: Sequence[Sequence[str | int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptDecision:
    """What happened to the comment; `moderator` is an address, or ""."""

    from_status: Status | None
    to_status: Status
    version: int
    at: datetime
    moderator: str
    agent: str
    why: str
    label: Label | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """All that is kept; what a file does not have is as for a new comment."""

    version: int
    verdict: Verdict | None
    note: str
    signals: Sequence[KeptSignal]
    history: Sequence[KeptDecision]


def pick_kept(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields that are kept, as they stand in the file."""
    return {name: fields[name] for name in NAMES if name in fields}


def parse_kept(fields: Mapping[str, Any]) -> Kept:
    """Return what such fields say.

    :raises ValueError, TypeError, KeyError: if they are not as docs/export.md has them.
    """
    verdict = fields.get("verdict")
    return Kept(
        version=_check_number(fields.get("version", 1)),
        verdict=None if verdict is None else Verdict(verdict),
        note=_check_text(fields.get("note", "")),
        signals=[_parse_signal(one) for one in fields.get("signals", ())],
        history=[_parse_decision(one) for one in fields.get("history", ())],
    )


def list_texts(value: object) -> Iterator[str]:
    """Yield all texts in a value as JSON has them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from list_texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from list_texts(inner)


def _parse_signal(fields: Mapping[str, Any]) -> KeptSignal:
    return KeptSignal(
        name=_check_text(fields["name"], most=LONGEST_NAME),
        weight=float(fields["weight"]),
        reason=_check_text(fields["reason"]),
        spans=[_parse_span(*span) for span in fields["spans"]],
    )


def _parse_span(field: str, start: int, end: int) -> Sequence[str | int]:
    places = _check_number(start, least=0), _check_number(end, least=0)
    return [_check_text(field, most=LONGEST_NAME), *places]


def _parse_decision(fields: Mapping[str, Any]) -> KeptDecision:
    at = parse_instant(fields["at"])
    if at is None:
        raise ValueError("a decision has no time")
    before, label = fields.get("from"), fields.get("label")
    return KeptDecision(
        from_status=None if before is None else Status(before),
        to_status=Status(fields["to"]),
        version=_check_number(fields["version"]),
        at=at,
        moderator=_check_text(fields.get("moderator") or ""),
        agent=_check_text(fields.get("agent") or "", most=LONGEST_AGENT),
        why=_check_text(fields.get("why", "")),
        label=None if label is None else Label(label),
    )


def _check_text(value: object, *, most: int = 100_000) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("a text is none, or too long")
    return value


def _check_number(value: object, *, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a number is none")
    if not least <= value < 2**31:
        raise ValueError("a number is out of bounds")
    return value
