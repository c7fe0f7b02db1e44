"""Owns how folders of Staticman are read: one YAML or JSON file a comment."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from moderation.domain.statuses import Status
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.formats.times import parse_instant

SUFFIXES = {".yml", ".yaml", ".json"}
MOST_FILE_BYTES = 2**20
MOST_FILES = 500_000
# Fields have the names a blog gave them; these are usual.
NAMES = {
    "name": ("name", "author"),
    "email": ("email",),
    "website": ("url", "website", "site"),
    "body": ("message", "comment", "body", "content", "text"),
    "date": ("date", "timestamp", "created", "created_at"),
    "reply": ("replying_to", "reply_to", "parent", "replyThread", "_parent_id"),
    "id": ("_id", "id"),
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The file of one comment."""

    path: Path
    page: str
    fields: Mapping[str, Any]

    def get(self, name: str) -> str:
        """Return a field under any of its usual names, "" if it is no text."""
        for key in NAMES[name]:
            value = self.fields.get(key)
            if isinstance(value, str) and value:
                return value
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)
        return ""

    @property
    def id(self) -> str:
        """The comment's id, or else the name of its file."""
        return self.get("id") or self.path.stem


def read_staticman(
    folder: Path, note_bytes: "Progress | None" = None
) -> Iterator[Imported]:
    """Yield the threads and comments in a folder and those in it.

    `replying_to` is an id, or the place among the top-level comments of the page, in
    the order of their files, which are named by time.

    :raises BrokenFileError: at a file that can't be read.
    """
    if not folder.is_dir():
        raise BrokenFileError(str(folder), "this is no folder; name Staticman's")
    pages: defaultdict[str, list[Entry]] = defaultdict(list)
    for path in _list_files(folder):
        entry = _read_entry(folder, path)
        pages[entry.page].append(entry)
        if note_bytes is not None:
            note_bytes.position += path.stat().st_size
    for page, entries in pages.items():
        yield ImportedThread(id=page, key=page, url=page)
        top = [entry.id for entry in entries if not entry.get("reply")]
        ids = {entry.id for entry in entries}
        for entry in entries:
            yield _make_comment(folder, entry, top, ids)


@dataclass(kw_only=True)
class Progress:
    """How many bytes were read, of how many."""

    size: int
    position: int = 0


def measure_folder(folder: Path) -> Progress:
    """Return the progress of a folder nothing of which was read yet."""
    files = _list_files(folder) if folder.is_dir() else []
    return Progress(size=sum(path.stat().st_size for path in files))


def _list_files(folder: Path) -> list[Path]:
    found = sorted(
        path
        for path in folder.rglob("*")
        # A link could lead anywhere.
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink()
    )
    if len(found) > MOST_FILES:
        raise BrokenFileError(str(folder), f"more than {MOST_FILES} files; split it")
    return found


def _read_entry(folder: Path, path: Path) -> Entry:
    place = str(path.relative_to(folder))
    if path.stat().st_size > MOST_FILE_BYTES:
        raise BrokenFileError(place, "the file is larger than any comment is")
    try:
        text = path.read_text(encoding="utf-8-sig")
        fields = _parse(path, text)
    except UnicodeDecodeError as error:
        raise BrokenFileError(
            f"{place}, byte {error.start + 1}", "this is not UTF-8; convert it first"
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BrokenFileError(
            f"{place}, line {line}", f"this is not YAML ({error.problem})"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        words = " ".join(str(error).split())[:120]
        raise BrokenFileError(place, f"this can't be read ({words})") from error
    if not isinstance(fields, dict):
        raise BrokenFileError(place, "the file holds no fields (name: value)")
    return Entry(path=path, page=_find_page(folder, path, fields), fields=fields)


def _parse(path: Path, text: str) -> object:
    if path.suffix == ".json":
        return json.loads(text)
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 a safe loader, in C


def _find_page(folder: Path, path: Path, fields: Mapping[str, Any]) -> str:
    """Return what names the page: a field, the file's folder, or else its name."""
    parent = fields.get("_parent")
    if isinstance(parent, str) and parent:
        return parent
    inside = path.parent.relative_to(folder).as_posix()
    if inside != ".":
        return inside.removesuffix("/comments")
    return path.stem.partition("__")[0] if "__" in path.stem else folder.name


def _make_comment(
    folder: Path, entry: Entry, top: list[str], ids: set[str]
) -> ImportedComment:
    date = next(filter(None, map(entry.fields.get, NAMES["date"])), None)
    if isinstance(date, dt.date) and not isinstance(date, dt.datetime):
        date = dt.datetime.combine(date, dt.time())
    return ImportedComment(
        place=str(entry.path.relative_to(folder)),
        id=entry.id,
        thread=entry.page,
        parent=_find_parent(entry, top, ids),
        # Staticman writes what was approved: what waits lies in pull requests.
        status=Status.APPROVED,
        name=entry.get("name"),
        email=entry.get("email"),
        website=entry.get("website"),
        body=entry.get("body"),
        created_at=parse_instant(date),
    )


def _find_parent(entry: Entry, top: list[str], ids: set[str]) -> str:
    reply = entry.get("reply")
    if reply in ids or not reply.isdecimal():
        return reply
    place = int(reply)
    # "#7" is nobody's id: reported as an answer to what is not there.
    return top[place - 1] if 1 <= place <= len(top) else f"#{place}" if place else ""
