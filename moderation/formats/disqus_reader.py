"""Owns how the export of Disqus is read."""

from collections.abc import Iterator
from hashlib import sha256

from moderation.domain.statuses import Status
from moderation.formats.records import Imported, ImportedComment, ImportedThread
from moderation.formats.streams import Export
from moderation.formats.times import parse_instant
from moderation.formats.xml_reading import Record, read_records

WANTED = {
    "thread": {"id", "forum", "link", "title", "isClosed", "isDeleted"},
    "post": {
        "id",
        "message",
        "createdAt",
        "isDeleted",
        "isSpam",
        "isApproved",
        "author/name",
        "author/email",
        "author/username",
        "author/link",
        "ipAddress",
    },
}
FLAGS = {"true": True, "false": False, "": False}


def read_disqus(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of a Disqus export.

    :raises BrokenFileError: if it is no such file.
    """
    origin = ""
    for record in read_records(export, root="disqus", wanted=WANTED):
        if record.name == "thread" and record.outer is None:
            origin = origin or record.get("forum")
            yield _read_thread(record, origin)
        elif record.name == "thread" and record.outer is not None:
            # In a post a thread is nothing but a reference.
            record.outer.fields["thread@id"] = record.get("@id")
        elif record.name == "post":
            yield _read_post(record, origin)


def _read_thread(record: Record, origin: str) -> ImportedThread:
    return ImportedThread(
        id=record.get("@id"),
        origin=origin,
        url=record.get("link"),
        # What the blog named the page by; many leave it out.
        key="" if record.get("link") else record.get("id"),
        title=record.get("title"),
        is_open=record.get("isClosed") != "true",
        is_deleted=record.get("isDeleted") == "true",
    )


def _read_post(record: Record, origin: str) -> ImportedComment:
    id_ = record.get("@id") or _make_id(record)
    status, notes = _find_status(record)
    return ImportedComment(
        place=f"{record.place} (post {id_})",
        id=id_,
        thread=record.get("thread@id"),
        origin=origin,
        parent=record.get("parent@id"),
        status=status,
        name=record.get("author/name") or record.get("author/username"),
        email=record.get("author/email"),
        website=record.get("author/link"),
        ip=record.get("ipAddress"),
        body=record.get("message"),
        is_html=True,
        created_at=parse_instant(record.get("createdAt")),
        notes=notes,
    )


def _find_status(record: Record) -> tuple[Status, tuple[str, ...]]:
    is_spam = FLAGS.get(record.get("isSpam"))
    is_deleted = FLAGS.get(record.get("isDeleted"))
    if is_spam is None or is_deleted is None:
        return Status.HELD, ("status unknown, so held",)
    if is_spam:
        return Status.SPAM, ()
    if record.get("isApproved") == "false":
        return Status.HELD, ()
    return (Status.REJECTED if is_deleted else Status.APPROVED), ()


def _make_id(record: Record) -> str:
    """Return a number of our own for a post without one: the same each time."""
    if record.get("id"):
        return f"id-{record.get('id')}"
    names = ("thread@id", "createdAt", "author/name", "author/email", "message")
    text = "\n".join(record.get(name) for name in names)
    return f"text-{sha256(text.encode()).hexdigest()[:32]}"
