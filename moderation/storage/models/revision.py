"""Owns the table of what comments said before their authors changed them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Instant, Key, now


class Revision(Base):
    """The text of a comment in one of its versions, until `created_at`."""

    __tablename__ = "revisions"
    __table_args__ = (Index("ix_revisions_comment", "comment_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE")
    )
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
