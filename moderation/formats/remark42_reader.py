"""Owns how a backup of Remark42 is read: JSON lines, what describes it first."""

from collections.abc import Iterator

from moderation.domain.statuses import Status
from moderation.formats.json_reading import (
    Fields,
    get_object,
    get_text,
    is_true,
    read_objects,
)
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.formats.streams import Export
from moderation.formats.times import parse_instant


def read_remark42(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of a backup.

    :raises BrokenFileError: if it is no such file.
    """
    lines = read_objects(export)
    place, head = next(lines, ("line 1", {}))
    if "version" not in head:
        raise BrokenFileError(
            place, 'the first line has no "version": this is no backup of Remark42'
        )
    closed = {
        get_text(post, "url")
        for post in head.get("posts") or ()
        if isinstance(post, dict) and is_true(post.get("read_only"))
    }
    seen: set[tuple[str, str]] = set()
    for place, fields in lines:
        locator = get_object(fields, "locator")
        origin, url = get_text(locator, "site"), get_text(locator, "url")
        if not (get_text(fields, "id") and url):
            raise BrokenFileError(place, 'a comment needs "id" and "locator.url"')
        if (origin, url) not in seen:
            seen.add((origin, url))
            yield ImportedThread(
                id=url,
                origin=origin,
                url=url,
                title=get_text(fields, "title"),
                is_open=url not in closed,
            )
        yield _read_comment(place, fields, origin=origin, url=url)


def _read_comment(
    place: str, fields: Fields, *, origin: str, url: str
) -> ImportedComment:
    user = get_object(fields, "user")
    # What was typed, if it was kept; `text` is what was made of it.
    typed = get_text(fields, "orig")
    return ImportedComment(
        place=place,
        id=get_text(fields, "id"),
        thread=url,
        origin=origin,
        parent=get_text(fields, "pid"),
        status=Status.REJECTED if is_true(fields.get("delete")) else Status.APPROVED,
        name=get_text(user, "name"),
        # Addresses are hashed there: of no use, and reported like any other repair.
        body=typed or get_text(fields, "text"),
        is_html=not typed,
        created_at=parse_instant(fields.get("time")),
    )
