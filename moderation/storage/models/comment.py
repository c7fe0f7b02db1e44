"""Owns the table of comments and of the evidence each was judged by."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    literal_column,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.kinds import CommentKind
from moderation.domain.outcomes import Said
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.spam.verdict import Verdict
from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.moderator import Moderator
from moderation.storage.models.site import Site
from moderation.storage.models.thread import Thread


class Audit(StrEnum):
    """Where a comment of the audit sample stands: it waits for a moderator, or not."""

    OPEN = "open"
    DONE = "done"


_IS_OPEN = text("audit = 'open'")
# What waits for a moderator. Written out, not with parameters: a partial index serves
# a query only that has its very condition.
_WAITS = "comments.status = 'held' OR comments.audit = 'open'"
IS_WAITING: ColumnElement[bool] = literal_column(f"({_WAITS})")
_IS_WAITING = text(_WAITS.replace("comments.", ""))
# What the public sees. Written out: there are indexes for some statuses alone, so to be
# given one makes SQLite plan a query anew, which takes longer than to run it.
IS_APPROVED: ColumnElement[bool] = literal_column("(comments.status = 'approved')")
# What came with the visitor and is not a hash yet; written out, as above.
_ADDRESSED = (
    "substr(comments.ip, 1, 1) <> '#'"
    " AND (comments.ip <> '' OR comments.user_agent <> '')"
)
HAS_ADDRESS: ColumnElement[bool] = literal_column(f"({_ADDRESSED})")
_HAS_ADDRESS = text(_ADDRESSED.replace("comments.", ""))


def _find_turn(context: DefaultExecutionContext) -> datetime:
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return find_turn(given["created_at"], given["score"])


_IS_REVIEWED = text("reviewed_at IS NOT NULL")


class Comment(Base):
    """What a visitor wrote, as written and as rendered, and where it stands.

    `version` grows with every change and guards each: a change names the version
    it saw. `html` is sanitised and final. `digest` is of thread, author and text,
    alike for a comment that is sent twice. `score` is the spam probability (0 to 1)
    it was given on arrival; `failures` names heuristics that broke down on it, and
    `inputs` is what a decision teaches the filter's stacker with. `audit` is None
    unless the filter's own verdict on it was drawn to be checked. `due_at` is its turn
    in the queue (see `moderation.domain.turns`), whether it waits there or not.

    `verdict` is the filter's, None if it gave none; `is_author_known` is what it knew
    of the author then. `said` is what a moderator last said of it, `reviewed_at` when,
    None if nothing.
    """

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_queue", "site_id", "status", "created_at", "id"),
        Index("ix_comments_thread", "thread_id", "status", "created_at", "id"),
        Index("ix_comments_digest", "thread_id", "digest", unique=True),
        Index("ix_comments_network", "site_id", "network", "created_at"),
        Index("ix_comments_author", "site_id", "email", "status", "created_at", "id"),
        Index(
            "ix_comments_audit",
            "site_id",
            "created_at",
            "id",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index(
            "ix_comments_turn",
            "site_id",
            "due_at",
            "id",
            sqlite_where=_IS_WAITING,
            postgresql_where=_IS_WAITING,
        ),
        Index(
            "ix_comments_reviewed",
            "site_id",
            "reviewed_at",
            "id",
            sqlite_where=_IS_REVIEWED,
            postgresql_where=_IS_REVIEWED,
        ),
        # What retention is still to make hashes of.
        Index(
            "ix_comments_address",
            "created_at",
            sqlite_where=_HAS_ADDRESS,
            postgresql_where=_HAS_ADDRESS,
        ),
        # A comment is decided about by id and read by time; ids are never reused.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[Status] = mapped_column(Choice(Status))
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(245))
    email: Mapped[str] = mapped_column(String(320))
    website: Mapped[str] = mapped_column(String(2_000), default="")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    ip: Mapped[str] = mapped_column(String(45), default="")
    network: Mapped[str] = mapped_column(String(49), default="")
    user_agent: Mapped[str] = mapped_column(String(500), default="")
    score: Mapped[float] = mapped_column(Float)
    failures: Mapped[list[str]] = mapped_column(JSON, default=list)
    inputs: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    audit: Mapped[Audit | None] = mapped_column(Choice(Audit))
    verdict: Mapped[Verdict | None] = mapped_column(Choice(Verdict))
    is_author_known: Mapped[bool | None]
    said: Mapped[Said] = mapped_column(
        Choice(Said), default=Said.NOTHING, server_default=Said.NOTHING.value
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    kind: Mapped[CommentKind] = mapped_column(
        Choice(CommentKind),
        default=CommentKind.COMMENT,
        server_default=CommentKind.COMMENT.value,
    )
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    due_at: Mapped[datetime] = mapped_column(
        Instant, default=_find_turn, server_default="1970-01-01 00:00:00.000000"
    )

    site: Mapped[Site] = relationship()
    thread: Mapped[Thread] = relationship()
    parent: Mapped["Comment | None"] = relationship(remote_side="Comment.id")
    note: Mapped["Note | None"] = relationship(
        back_populates="comment", cascade="all, delete-orphan"
    )
    signals: Mapped[list["SignalEvidence"]] = relationship(
        back_populates="comment",
        cascade="all, delete-orphan",
        order_by="SignalEvidence.position",
    )


class SignalEvidence(Base):
    """One signal a comment was judged by, kept as it was then.

    `weight` is in log-odds; `spans` is a list of `[field, start, end]` with offsets
    in code points.
    """

    __tablename__ = "signals"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    weight: Mapped[float] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(Text)
    spans: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)

    comment: Mapped[Comment] = relationship(back_populates="signals")


class Note(Base):
    """What moderators noted on a comment for each other; nobody else ever sees it.

    `moderator_id` is who changed it last. `version` guards each change.
    """

    __tablename__ = "notes"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now)

    comment: Mapped[Comment] = relationship(back_populates="note")
    moderator: Mapped[Moderator | None] = relationship()
