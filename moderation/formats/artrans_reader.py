"""Owns how Artrans is read, which Artalk, Waline, Twikoo and Valine convert to."""

from collections.abc import Iterator

from moderation.domain.statuses import Status
from moderation.formats.json_reading import get_text, is_true, read_array
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.formats.streams import Export
from moderation.formats.times import parse_instant

NO_PARENT = {"", "0"}


def read_artrans(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of an Artrans file. All its fields are texts.

    :raises BrokenFileError: if it is no such file.
    """
    seen: set[tuple[str, str]] = set()
    for place, fields in read_array(export):
        origin, page = get_text(fields, "site_name"), get_text(fields, "page_key")
        id_, parent = get_text(fields, "id"), get_text(fields, "rid")
        if not (id_ and page):
            raise BrokenFileError(place, 'a comment needs "id" and "page_key"')
        if (origin, page) not in seen:
            seen.add((origin, page))
            yield ImportedThread(
                id=page, origin=origin, url=page, title=get_text(fields, "page_title")
            )
        is_pending = is_true(fields.get("is_pending"))
        yield ImportedComment(
            place=f"{place} (comment {id_})",
            id=id_,
            thread=page,
            origin=origin,
            parent="" if parent in NO_PARENT else parent,
            status=Status.HELD if is_pending else Status.APPROVED,
            name=get_text(fields, "nick"),
            email=get_text(fields, "email"),
            website=get_text(fields, "link"),
            ip=get_text(fields, "ip"),
            user_agent=get_text(fields, "ua"),
            body=get_text(fields, "content"),
            created_at=parse_instant(fields.get("created_at")),
        )
