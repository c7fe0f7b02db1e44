"""Owns the tables of what is to be told of comments by mail, and who wants that."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.notice_wishes import NoticePace
from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.comment import Comment


class NoticeKind(StrEnum):
    """What is to be done about a comment.

    Moderators are told that it waits, its author is asked to confirm the wish for
    replies, or the author of what it answers is told of it.
    """

    HELD = "held"
    ASK = "ask"
    REPLY = "reply"


_IS_OPEN = text("done_at IS NULL")


class Notice(Base):
    """That something happened to a comment, stored with it, to be told by the worker.

    `done_at` is when it was passed on. That is kept for a while: taken back and
    approved again, a reply is not told of twice.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("comment_id", "kind"),
        Index(
            "ix_notices_due",
            "due_at",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE")
    )
    kind: Mapped[NoticeKind] = mapped_column(Choice(NoticeKind))
    due_at: Mapped[datetime] = mapped_column(Instant, default=now)
    done_at: Mapped[datetime | None] = mapped_column(Instant)

    comment: Mapped[Comment] = relationship()


class WaitingNotice(Base):
    """That a moderator is still to be told of a comment that was held."""

    __tablename__ = "waiting_notices"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)


class NoticeChoice(Base):
    """What a moderator chose to be told of a site; no row: what the role is given."""

    __tablename__ = "notice_choices"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    pace: Mapped[NoticePace] = mapped_column(Choice(NoticePace))
    after_count: Mapped[int]
    after_hours: Mapped[int]
