"""Owns the tables of outside opinions: whom a site asks, and what is still to be asked.

What was answered is evidence like any other, and kept with the comment.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Instant, now
from moderation.storage.models.comment import Comment


class Adviser(Base):
    """The classifier outside that a site asks before it publishes.

    `secret` is what requests are signed with, sealed (`moderation.services.sealing`);
    `old_secret`, "" for none, signs beside it until `old_secret_until`.
    `sends_email`: it is told the author's address, too. `version` grows with every
    change its owner makes. `answered_at` and `milliseconds` are of the last answer;
    `problem` is what went wrong since, from `failing_since` on.
    """

    __tablename__ = "advisers"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(default=1)
    url: Mapped[str] = mapped_column(String(2_000))
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str] = mapped_column(Text, default="")
    old_secret_until: Mapped[datetime | None] = mapped_column(Instant)
    is_on: Mapped[bool] = mapped_column(default=False)
    sends_email: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    milliseconds: Mapped[int | None]
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(Text, default="")


class OpinionRequest(Base):
    """A comment that is held until an opinion on its `version` came, or none will.

    Whoever asks holds the `lease`; at `next_at` it is to be asked (again).
    """

    __tablename__ = "opinion_requests"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str] = mapped_column(String(32), default="")
    next_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    comment: Mapped[Comment] = relationship()
