"""Owns how comments come from Isso: its database, or its generic JSON."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from urllib.parse import quote

from moderation.domain.statuses import Status
from moderation.formats.json_reading import Fields, get_text, read_array
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.formats.streams import Export
from moderation.formats.times import parse_instant

MAGIC = b"SQLite format 3\0"
# https://github.com/isso-comments/isso: isso/db/comments.py
MODES = {1: Status.APPROVED, 2: Status.HELD, 4: Status.REJECTED}
_READ_THREADS = "SELECT id, uri, title FROM threads ORDER BY id"
_READ_COMMENTS = (
    "SELECT id, tid, parent, created, mode, remote_addr, text, author, email, website"
    " FROM comments ORDER BY id"
)


def read_isso(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of an Isso database (comments.db).

    :raises BrokenFileError: if it is no such database.
    """
    if next(export.read_chunks(), b"")[: len(MAGIC)] != MAGIC:
        raise BrokenFileError("byte 0", "this is no SQLite database, as Isso's is")
    address = f"file:{quote(str(export.path.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            for row in connection.execute(_READ_THREADS):
                yield _read_thread(row)
            for row in connection.execute(_READ_COMMENTS):
                yield _read_row(row)
    except sqlite3.Error as error:
        raise BrokenFileError(
            export.path.name, f"this is no sound database of Isso ({error})"
        ) from error


def _read_thread(row: tuple[object, ...]) -> ImportedThread:
    id_, uri, title = row
    return ImportedThread(
        id=str(id_), key=_write(uri), url=_write(uri), title=_write(title)
    )


def _read_row(row: tuple[object, ...]) -> ImportedComment:
    id_, thread, parent, created, mode, ip, text, author, email, website = row
    status = MODES.get(mode) if isinstance(mode, int) else None
    return ImportedComment(
        place=f"comment {id_}",
        id=str(id_),
        thread=str(thread),
        parent="" if parent is None else str(parent),
        status=status or Status.HELD,
        name=_write(author),
        email=_write(email),
        website=_write(website),
        ip=_write(ip),
        body=_write(text),
        created_at=parse_instant(created),
        notes=() if status else ("status unknown, so held",),
    )


def _write(value: object) -> str:
    return value if isinstance(value, str) else ""


def read_isso_json(export: Export) -> Iterator[Imported]:
    """Yield the threads and comments of Isso's generic JSON: a list of pages.

    :raises BrokenFileError: if it is no such file.
    """
    for place, page in read_array(export):
        uri, comments = get_text(page, "id"), page.get("comments")
        if not uri or not isinstance(comments, list):
            raise BrokenFileError(place, 'a page needs "id" and a list "comments"')
        yield ImportedThread(id=uri, key=uri, url=uri, title=get_text(page, "title"))
        seen: Counter[str] = Counter()
        for number, fields in enumerate(comments, start=1):
            where = f"{place}, comment {number}"
            if not isinstance(fields, dict):
                raise BrokenFileError(where, "this comment is no object ({…})")
            yield _read_fields(where, uri, fields, seen)


def _read_fields(
    place: str, uri: str, fields: Fields, seen: Counter[str]
) -> ImportedComment:
    id_ = _make_id(uri, fields)
    seen[id_] += 1
    return ImportedComment(
        place=place,
        id=f"{id_}-{seen[id_]}" if seen[id_] > 1 else id_,
        thread=uri,
        status=Status.APPROVED,
        name=get_text(fields, "author"),
        email=get_text(fields, "email"),
        website=get_text(fields, "website"),
        ip=get_text(fields, "remote_addr"),
        body=get_text(fields, "text"),
        created_at=parse_instant(fields.get("created")),
    )


def _make_id(uri: str, fields: Fields) -> str:
    """Return what tells a comment from others: the ids there may all be 0."""
    names = ("id", "created", "author", "email", "text")
    text = "\n".join([uri, *(get_text(fields, name) for name in names)])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
