"""Owns the tables of events: what happened on a site, in which order."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Instant, Key, now


class SiteSequence(Base):
    """The number of the last event of a site."""

    __tablename__ = "site_sequences"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    last: Mapped[int]


class Event(Base):
    """Something that happened, as it was then.

    `uid` is what receivers know it by. `sequence` counts the events of its site from
    1; a ping has neither. `payload` is `data` of what is sent; `private` is what of it
    only endpoints are told that asked for it, {} unless one had asked by then.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_site", "site_id", "sequence", unique=True),
        Index("ix_events_comment", "comment_id"),
        Index("ix_events_age", "created_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE")
    )
    sequence: Mapped[int | None]
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id", ondelete="SET NULL")
    )
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    private: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
