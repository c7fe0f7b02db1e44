"""Owns what a file of comments holds, whatever its format: threads and comments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.domain.errors import ModerationError
from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status


class BrokenFileError(ModerationError):
    """A file that can't be read on: `place` says where, `cause` why."""

    def __init__(self, place: str, cause: str) -> None:
        super().__init__(f"{place}: {cause}" if place else cause)
        self.place = place
        self.cause = cause


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedThread:
    """A page as a file has it.

    `id` is what comments of the file name it by; `key` the thread's key if the file
    gives one. `origin` tells apart blogs whose files number comments alike. `is_kept`:
    it is a thread of ours, and becomes one without comments, too; `created_at` is when
    it did (ISO 8601), "" if that is not known.
    """

    id: str
    origin: str = ""
    key: str = ""
    url: str = ""
    title: str = ""
    is_open: bool = True
    is_deleted: bool = False
    is_kept: bool = False
    created_at: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedComment:
    """A comment as a file has it, nothing checked yet.

    `id` is unique within `origin`; `parent` is such an id, or "". `body` is Markdown,
    unless `is_html`; in HTML that was typed, as in WordPress, line ends count, too
    (`is_typed`). `created_at` is aware, or None if the file has no readable time.
    `notes` say what the reader could not take over. `place` is where it stands. `kept`
    is what our own export has besides (`moderation.formats.kept`).
    """

    place: str
    id: str
    thread: str
    body: str
    status: Status
    origin: str = ""
    parent: str = ""
    kind: CommentKind = CommentKind.COMMENT
    name: str = ""
    email: str = ""
    website: str = ""
    ip: str = ""
    user_agent: str = ""
    is_html: bool = False
    is_typed: bool = False
    created_at: datetime | None = None
    score: float | None = None
    notes: tuple[str, ...] = ()
    kept: Mapping[str, Any] | None = None


Imported = ImportedThread | ImportedComment
