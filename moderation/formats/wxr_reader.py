"""Owns how WordPress's export is read: WXR 1.0 to 1.2, by local names."""

from collections.abc import Iterator

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.formats.streams import Export
from moderation.formats.times import parse_instant
from moderation.formats.xml_reading import Record, read_records

WANTED = {
    "channel": {"wxr_version", "link", "base_blog_url"},
    "item": {"link", "title", "post_id", "comment_status", "post_name"},
    "comment": {
        "comment_id",
        "comment_author",
        "comment_author_email",
        "comment_author_url",
        "comment_author_IP",
        "comment_date",
        "comment_date_gmt",
        "comment_content",
        "comment_approved",
        "comment_type",
        "comment_parent",
        "comment_agent",
    },
}
# https://developer.wordpress.org/reference/functions/wp_get_comment_status/
STATUSES = {
    "1": Status.APPROVED,
    "0": Status.HELD,
    "spam": Status.SPAM,
    "trash": Status.REJECTED,
    "post-trashed": Status.REJECTED,
}
KINDS = {
    "": CommentKind.COMMENT,
    "comment": CommentKind.COMMENT,
    "pingback": CommentKind.PINGBACK,
    "trackback": CommentKind.TRACKBACK,
}
UNKNOWN_TIME = "0000-00-00 00:00:00"


def read_wxr(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of a WXR file; pages without comments are none.

    :raises BrokenFileError: if it is no such file.
    """
    has_comments: set[str] = set()
    for record in read_records(export, root="rss", wanted=WANTED):
        match record.name:
            case "comment" if record.outer is not None:
                if not record.get("comment_id"):
                    continue
                has_comments = {_find_item(record.outer)}
                yield _read_comment(record, record.outer)
            case "item":
                if _find_item(record) in has_comments:
                    yield _read_item(record)
            case "channel" if not record.get("wxr_version"):
                raise BrokenFileError(
                    record.place,
                    "there is no wxr_version: this is a feed, not an export of "
                    "WordPress (Tools > Export)",
                )


def _find_item(item: Record) -> str:
    return item.get("post_id") or item.place


def _find_origin(item: Record) -> str:
    channel = item.outer
    if channel is None:
        return ""
    return channel.get("base_blog_url") or channel.get("link")


def _read_item(item: Record) -> ImportedThread:
    return ImportedThread(
        id=_find_item(item),
        origin=_find_origin(item),
        url=item.get("link"),
        title=item.get("title"),
        is_open=item.get("comment_status") != "closed",
    )


def _read_comment(record: Record, item: Record) -> ImportedComment:
    notes = []
    approved, type_ = record.get("comment_approved"), record.get("comment_type")
    if approved not in STATUSES:
        notes.append("status unknown, so held")
    if type_ not in KINDS:
        notes.append("type unknown, taken for a comment")
    parent = record.get("comment_parent")
    written = record.get("comment_date_gmt")
    if not written or written == UNKNOWN_TIME:
        written = record.get("comment_date")
    return ImportedComment(
        place=f"{record.place} (comment {record.get('comment_id')})",
        id=record.get("comment_id"),
        thread=_find_item(item),
        origin=_find_origin(item),
        parent="" if parent == "0" else parent,
        status=STATUSES.get(approved, Status.HELD),
        kind=KINDS.get(type_, CommentKind.COMMENT),
        name=record.get("comment_author"),
        email=record.get("comment_author_email"),
        website=record.get("comment_author_url"),
        ip=record.get("comment_author_IP"),
        user_agent=record.get("comment_agent"),
        body=record.fields.get("comment_content", ""),
        is_html=True,
        is_typed=True,
        created_at=parse_instant(written),
        notes=tuple(notes),
    )
