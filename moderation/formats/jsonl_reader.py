"""Owns how our own export is read back (docs/export.md has its schema)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.formats.json_reading import Fields, get_text, read_objects
from moderation.formats.kept import parse_kept, pick_kept
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.formats.streams import Export
from moderation.formats.times import parse_instant

FORMAT, VERSION = "leave-a-reply", 1


def read_jsonl(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of our own JSON lines.

    :raises BrokenFileError: if it is no such file, or of a later version.
    """
    lines = read_objects(export)
    place, head = next(lines, ("line 1", {}))
    if head.get("type") != "export" or head.get("format") != FORMAT:
        raise BrokenFileError(place, "this is no export of `moderation export`")
    if head.get("version") != VERSION:
        raise BrokenFileError(place, "the file is of a later version; upgrade first")
    origin = get_text(head, "site")
    # Files of earlier releases end anywhere.
    has_end = head.get("has_end") is True
    seen: Counter[str] = Counter()
    for place, fields in lines:
        if seen["end"]:
            raise BrokenFileError(place, "something follows the line of the end")
        match fields.get("type"):
            case "thread":
                seen["thread"] += 1
                yield _read_thread(fields, origin)
            case "comment":
                seen["comment"] += 1
                yield _read_comment(place, fields, origin)
            case "end":
                seen["end"] += 1
                _check_end(place, fields, seen)
            case _:
                raise BrokenFileError(
                    place, 'a line needs "type": thread, comment or end'
                )
    if has_end and not seen["end"]:
        raise BrokenFileError(
            place, "the file is cut off: the last line of an export is missing"
        )


def _check_end(place: str, fields: Fields, seen: Mapping[str, int]) -> None:
    for name in ("thread", "comment"):
        told = fields.get(f"{name}s")
        if told != seen[name]:
            raise BrokenFileError(
                place, f"lines are missing: {seen[name]} of {told} {name}s are there"
            )


def _read_thread(fields: Fields, origin: str) -> ImportedThread:
    created_at = parse_instant(fields.get("created_at"))
    return ImportedThread(
        id=get_text(fields, "key"),
        origin=origin,
        key=get_text(fields, "key"),
        url=get_text(fields, "url"),
        title=get_text(fields, "title"),
        is_open=fields.get("open") is not False,
        is_kept=True,
        created_at=created_at.isoformat() if created_at else "",
    )


def _read_comment(place: str, fields: Fields, origin: str) -> ImportedComment:
    try:
        status = Status(get_text(fields, "status"))
        kind = CommentKind(get_text(fields, "kind") or CommentKind.COMMENT)
    except ValueError as error:
        raise BrokenFileError(place, f"{error}; see docs/export.md") from error
    kept = pick_kept(fields)
    try:
        parse_kept(kept)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenFileError(
            place, f"its signals or history are not as docs/export.md has it ({error})"
        ) from error
    score = fields.get("score")
    return ImportedComment(
        place=place,
        id=get_text(fields, "id"),
        thread=get_text(fields, "thread"),
        origin=origin,
        parent=get_text(fields, "parent"),
        status=status,
        kind=kind,
        name=get_text(fields, "name"),
        email=get_text(fields, "email"),
        website=get_text(fields, "website"),
        ip=get_text(fields, "ip"),
        user_agent=get_text(fields, "user_agent"),
        body=get_text(fields, "body"),
        created_at=parse_instant(fields.get("created_at")),
        score=score if isinstance(score, float | int) and 0 <= score <= 1 else None,
        kept=kept,
    )
