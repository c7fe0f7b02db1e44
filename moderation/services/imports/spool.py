"""Owns the spool: a whole file read and found sound before anything of it is stored.

It lies in a temporary file that SQLite deletes, so memory does not grow with it, and
gives the comments back in the order of their time.
"""

import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.formats.kept import list_texts
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)

ROWS_AT_ONCE = 500
# Stored at once: others who write wait that long, a quarter of a second.
COMMENTS_AT_ONCE = 500
LONGEST_ID = 255
# C0 controls but tab, line feed and carriage return; halves of surrogate pairs.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_TEXTS = (
    "id", "thread", "parent", "origin", "body", "name", "email", "website", "ip",
    "user_agent",
)  # fmt: skip
_TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -4000;
    PRAGMA temp_store = FILE;
    CREATE TABLE comments (
        number INTEGER PRIMARY KEY, origin TEXT, id TEXT, thread TEXT, parent TEXT,
        at TEXT, status TEXT, kind TEXT, place TEXT, is_orphan INTEGER DEFAULT 0,
        data TEXT
    );
    CREATE TABLE threads (
        origin TEXT, id TEXT, data TEXT, PRIMARY KEY (origin, id)
    ) WITHOUT ROWID;
"""
_INSERT = (
    "INSERT INTO comments (origin, id, thread, parent, at, status, kind, place, data)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DUPLICATES = """
    SELECT one.id, one.place, other.place FROM comments AS one JOIN comments AS other
    ON other.origin = one.origin AND other.id = one.id AND other.number > one.number
    ORDER BY one.number LIMIT 1
"""
_PARENTS = """
    SELECT child.number, parent.number, parent.thread = child.thread
    FROM comments AS child LEFT JOIN comments AS parent
    ON parent.origin = child.origin AND parent.id = child.parent
    WHERE child.parent <> ''
"""
_READ_TIMES = """
    SELECT id, at FROM comments WHERE origin = ? AND at <> '9'
    ORDER BY at, number LIMIT ?
"""
_READ = """
    SELECT at, number, origin, id, thread, parent, status, kind, place, is_orphan, data
    FROM comments WHERE (at, number) > (?, ?) ORDER BY at, number LIMIT ?
"""
_FIELDS = tuple(field.name for field in fields(ImportedComment))


class Spooled(NamedTuple):
    """A comment in the spool: what tells where it belongs, and all of it, packed.

    `is_orphan`: what it answers is not on its page.
    """

    origin: str
    id: str
    thread: str
    parent: str
    status: Status
    kind: CommentKind
    place: str
    is_orphan: bool
    data: str

    @property
    def comment(self) -> ImportedComment:
        """The comment as it was put in."""
        return unpack_comment(self.data)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What is in a spool, all numbers of comments but `threads`."""

    comments: int
    threads: int
    replies: int
    orphans: int
    labelled: int


class Spool:
    """What a file holds. Filled once, then checked, then read."""

    def __init__(self) -> None:
        # An empty name makes a file that nobody else can open.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Delete it."""
        self._db.close()

    def fill(self, items: Iterable[Imported]) -> None:
        """Take in all that a file holds, and check it.

        :raises BrokenFileError: at control characters, ids given twice, and comments
            that answer each other in a circle.
        """
        comments: list[tuple[Any, ...]] = []
        threads: list[tuple[str, str, str]] = []
        self._db.execute("BEGIN")
        for item in items:
            if isinstance(item, ImportedThread):
                data = json.dumps(asdict(item))
                threads.append((item.origin, item.id, data))
            else:
                _check_texts(item)
                comments.append(_write_row(item))
            if len(comments) + len(threads) >= ROWS_AT_ONCE:
                self._store(comments, threads)
        self._store(comments, threads)
        self._db.execute("CREATE INDEX by_id ON comments (origin, id)")
        self._refuse_duplicates()
        self._check_parents()
        self._db.execute("CREATE INDEX by_time ON comments (at, number)")
        self._db.execute("COMMIT")

    def summarise(self) -> Summary:
        """Return what is in it."""
        row = self._db.execute(
            "SELECT count(*), count(DISTINCT origin || ' ' || thread),"
            " total(parent <> ''), total(is_orphan),"
            " total(kind = 'comment' AND status IN ('approved', 'spam')) FROM comments"
        ).fetchone()
        names = ("comments", "threads", "replies", "orphans", "labelled")
        return Summary(**{n: int(v) for n, v in zip(names, row, strict=True)})

    def read_threads(self) -> Iterator[ImportedThread]:
        """Yield the threads, whether they have comments or not."""
        for (data,) in self._db.execute("SELECT data FROM threads"):
            yield ImportedThread(**json.loads(data))

    def find_thread(self, origin: str, id_: str) -> ImportedThread | None:
        """Return a thread, None if there is none with that id in a blog."""
        query = "SELECT data FROM threads WHERE origin = ? AND id = ?"
        found = self._db.execute(query, (origin, id_)).fetchone()
        return ImportedThread(**json.loads(found[0])) if found else None

    def list_origins(self) -> Sequence[str]:
        """Return the blogs that the comments come from, as the file names them."""
        query = "SELECT DISTINCT origin FROM comments ORDER BY origin"
        return [origin for (origin,) in self._db.execute(query)]

    def read_times(self, origin: str, *, most: int) -> Mapping[str, datetime]:
        """Return the times of the first comments of a blog that have one, by id."""
        rows = self._db.execute(_READ_TIMES, (origin, most))
        return {id_: datetime.fromisoformat(at) for id_, at in rows}

    def read_comments(
        self, *, length: int = COMMENTS_AT_ONCE
    ) -> Iterator[Sequence[Spooled]]:
        """Yield the comments in order of time, so many at once."""
        last = ("", 0)
        while rows := self._db.execute(_READ, (*last, length)).fetchall():
            yield [_read_row(row[2:]) for row in rows]
            last = rows[-1][:2]

    def _store(
        self, comments: list[tuple[Any, ...]], threads: list[tuple[str, str, str]]
    ) -> None:
        self._db.executemany("INSERT OR IGNORE INTO threads VALUES (?, ?, ?)", threads)
        self._db.executemany(_INSERT, comments)
        comments.clear()
        threads.clear()

    def _refuse_duplicates(self) -> None:
        found = self._db.execute(_DUPLICATES).fetchone()
        if found is not None:
            id_, first, second = found
            raise BrokenFileError(
                second, f"the id {id_!r} is there twice; the first time at {first}"
            )

    def _check_parents(self) -> None:
        [(count,)] = self._db.execute("SELECT max(number) FROM comments")
        parents = array("L", bytes(array("L").itemsize * ((count or 0) + 1)))
        orphans = []
        for child, parent, is_same_page in self._db.execute(_PARENTS):
            if is_same_page:
                parents[child] = parent
            else:
                orphans.append((child,))
        self._db.executemany(
            "UPDATE comments SET is_orphan = 1 WHERE number = ?", orphans
        )
        number = find_cycle(parents)
        if number:
            query = "SELECT place FROM comments WHERE number = ?"
            [(place,)] = self._db.execute(query, (number,))
            raise BrokenFileError(
                place, "the comment is, by way of others, an answer to itself"
            )


def unpack_comment(data: str) -> ImportedComment:
    """Return a comment as it was put in."""
    values = dict(zip(_FIELDS, json.loads(data), strict=True))
    at = values["created_at"]
    values |= {
        "created_at": datetime.fromisoformat(at) if at else None,
        "status": Status(values["status"]),
        "kind": CommentKind(values["kind"]),
        "notes": tuple(values["notes"]),
    }
    return ImportedComment(**values)


def find_cycle(parents: Sequence[int]) -> int:
    """Return a place from which the parents lead back to it, 0 if there is none.

    `parents` has the parent's place at each place, 0 for none. Takes linear time.
    """
    unseen, open_, done = 0, 1, 2
    states = bytearray(len(parents))
    for start in range(1, len(parents)):
        place = start
        while place and states[place] == unseen:
            states[place] = open_
            place = parents[place]
        if place and states[place] == open_:
            return place
        place = start
        while place and states[place] == open_:
            states[place] = done
            place = parents[place]
    return 0


def _check_texts(comment: ImportedComment) -> None:
    for name in _TEXTS:
        if FORBIDDEN.search(getattr(comment, name)):
            raise BrokenFileError(
                comment.place,
                f"its {name.replace('_', ' ')} has control characters (such as NUL) "
                "that no text has; take them out",
            )
    if any(map(FORBIDDEN.search, list_texts(comment.kept))):
        raise BrokenFileError(
            comment.place, "its note or history has control characters; take them out"
        )
    if max(map(len, (comment.id, comment.parent))) > LONGEST_ID:
        raise BrokenFileError(
            comment.place, f"its id has more than {LONGEST_ID} characters"
        )


def _write_row(comment: ImportedComment) -> tuple[Any, ...]:
    at = (
        comment.created_at.isoformat(timespec="microseconds")
        if comment.created_at
        else ""
    )
    values = [getattr(comment, name) for name in _FIELDS]
    values[_FIELDS.index("created_at")] = at
    return (
        comment.origin,
        comment.id,
        comment.thread,
        comment.parent,
        # Those without a time come last.
        at or "9",
        comment.status.value,
        comment.kind.value,
        comment.place,
        json.dumps(values),
    )


def _read_row(row: Sequence[Any]) -> Spooled:
    origin, id_, thread, parent, status, kind, place, is_orphan, data = row
    return Spooled(
        origin,
        id_,
        thread,
        parent,
        Status(status),
        CommentKind(kind),
        place,
        bool(is_orphan),
        data,
    )
