"""Owns how the evidence is marked in a text: pieces, some of them with reasons."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from moderation.services.queues import Evidence


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A part of a text that a signal points at: code points `start` to before `end`."""

    start: int
    end: int
    reason: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a text as written, unescaped. `reasons` is empty if it is no evidence.

    `is_for_spam` is False if the reasons speak against spam together. What a rule
    points at is marked like evidence for it: the owner wants to see it. `is_hit` is
    what was searched for.
    """

    text: str
    reasons: Sequence[str] = ()
    is_for_spam: bool = False
    is_hit: bool = False


def list_marks(signals: Iterable[Evidence]) -> Mapping[str, Sequence[Mark]]:
    """Return by field the marks that signals put on it; fields without are empty."""
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    for signal in signals:
        for field, start, end in signal.spans:
            marks[field].append(
                Mark(start=start, end=end, reason=signal.reason, weight=signal.weight)
            )
    return marks


def mark_text(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """Return `text` cut into pieces, in order and complete.

    Marks that overlap become one piece with all their reasons: a link is one thing,
    whatever is said of its parts. Marks that only touch stay apart. What lies outside
    the text is cut off.
    """
    if not marks:
        return [Piece(text=text)] if text else []
    pieces, position = [], 0
    for group in _group_marks(text, marks):
        start, end = group[0].start, max(mark.end for mark in group)
        if position < start:
            pieces.append(Piece(text=text[position:start]))
        pieces.append(_make_piece(text[start:end], group))
        position = end
    if position < len(text):
        pieces.append(Piece(text=text[position:]))
    return pieces


def split_pieces(
    pieces: Sequence[Piece], length: int
) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """Return the pieces of about the first `length` characters, and the rest.

    A marked piece is never cut in two.
    """
    total = 0
    for index, piece in enumerate(pieces):
        if total + len(piece.text) > length:
            if piece.reasons:
                return pieces[:index], pieces[index:]
            cut = _find_cut(piece.text, length - total)
            head, tail = Piece(text=piece.text[:cut]), Piece(text=piece.text[cut:])
            return [*pieces[:index], head], [tail, *pieces[index + 1 :]]
        total += len(piece.text)
    return pieces, ()


def join_pieces(pieces: Iterable[Piece]) -> Markup:
    """Return a text as HTML. What a reason points at again is marked without words."""
    told: set[str] = set()
    written = "".join(_write_piece(piece, told) for piece in pieces)
    return Markup(written)  # noqa: S704 escaped piece by piece


def _write_piece(piece: Piece, told: set[str]) -> str:
    """Return a piece as HTML, its text and its reason escaped."""
    text = str(escape(piece.text))
    if not (piece.reasons or piece.is_hit):
        return text
    kind = ' class="hit"' if piece.is_hit else ""
    if not (piece.is_hit or piece.is_for_spam):
        kind = ' class="good"'
    said = ""
    if piece.reasons and piece.reasons[0] not in told:
        told.add(piece.reasons[0])
        said = f' title="{escape(piece.reasons[0])}"'
    return f"<mark{kind}{said}>{text}</mark>"


def _group_marks(text: str, marks: Sequence[Mark]) -> list[list[Mark]]:
    """Return the marks within the text, those together that overlap."""
    clipped = [
        mark
        if mark.start >= 0 and mark.end <= len(text)
        else replace(mark, start=max(mark.start, 0), end=min(mark.end, len(text)))
        for mark in marks
    ]
    ordered = sorted(
        (mark for mark in clipped if mark.start < mark.end),
        key=lambda mark: (mark.start, mark.end),
    )
    groups: list[list[Mark]] = []
    reach = 0
    for mark in ordered:
        if groups and mark.start < reach:
            groups[-1].append(mark)
        else:
            groups.append([mark])
        reach = max(reach, mark.end)
    return groups


def _make_piece(text: str, group: Sequence[Mark]) -> Piece:
    if len(group) == 1:
        (mark,) = group
        return Piece(text=text, reasons=(mark.reason,), is_for_spam=mark.weight >= 0)
    by_strength = sorted(group, key=lambda mark: -abs(mark.weight))
    return Piece(
        text=text,
        reasons=tuple(dict.fromkeys(mark.reason for mark in by_strength)),
        is_for_spam=sum(mark.weight for mark in group) >= 0,
    )


def _find_cut(text: str, length: int) -> int:
    """Return where to cut: behind the last space before `length`, if there is one."""
    space = max(text.rfind(" ", 0, length), text.rfind("\n", 0, length))
    return space + 1 if space >= 0 else length
