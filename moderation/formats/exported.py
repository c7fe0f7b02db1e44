"""Owns what an export has to give of a site, whatever is made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedSite:
    """The blog: its key, its name, and its first origin ("" if it has none)."""

    key: str
    name: str
    origin: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedComment:
    """A comment with all that is known of it.

    `parent` is the id of the comment it answers. `html` is sanitised, `body` the
    Markdown it was made of. `history` has what happened to it, `signals` what it was
    judged by, both as JSON has them.
    """

    id: int
    parent: int | None
    status: Status
    kind: CommentKind
    version: int
    name: str
    email: str
    website: str
    body: str
    html: str
    ip: str
    user_agent: str
    score: float
    verdict: str | None
    created_at: datetime
    note: str = ""
    signals: Sequence[Mapping[str, Any]] = ()
    history: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedThread:
    """A thread; `comments` can be gone through once, in order of their ids."""

    id: int
    key: str
    url: str
    title: str
    is_open: bool
    created_at: datetime
    comments: Iterable[ExportedComment]

    def find_url(self, site: ExportedSite) -> str:
        """Return the address of the page, made of the key if none is known."""
        if self.url:
            return self.url
        if "://" in self.key:
            return self.key
        separator = "" if self.key.startswith("/") else "/"
        return f"{site.origin or 'http://localhost'}{separator}{self.key}"
