"""Owns the record of what people changed about a site."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Instant, Key, now
from moderation.storage.models.moderator import Moderator


class SiteChange(Base):
    """One change: who, when, and what in words.

    `moderator_id` is None if it was made by command, or its moderator is gone.
    """

    __tablename__ = "site_changes"
    __table_args__ = (Index("ix_site_changes_site", "site_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="SET NULL")
    )
    is_by_command: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    moderator: Mapped[Moderator | None] = relationship()
