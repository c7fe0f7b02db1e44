"""Owns the table of those who want to be told by mail of replies to their comment."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Instant, Key, now
from moderation.storage.models.comment import Comment


class Subscription(Base):
    """The wish of a comment's author, good once its mailbox has confirmed it.

    `email` is in small letters. `asked_at` is when it was asked to confirm, None
    before; `confirmed_at` when it did. `language` is what its form was in. Since
    `ended_at` nothing is told: the row is kept for a while, so that somebody who said
    no is not asked again.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_email", "site_id", "email"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), unique=True
    )
    email: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(8), default="en")
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    comment: Mapped[Comment] = relationship()
