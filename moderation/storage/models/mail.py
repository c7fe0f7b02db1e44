"""Owns the table of mails that are to be sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Choice, Instant, Key, now


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


_IS_WAITING = text("state = 'waiting'")


class Mail(Base):
    """One mail to one recipient, stored with what it tells of.

    `token` makes its Message-ID: the same however often it is tried. A worker that
    sends it writes a `lease` of its own and puts `next_at` to when that ends; if the
    worker dies, another takes the mail then. What was sent, or given up, keeps
    neither `text` nor `html`: they hold links that log people in.
    """

    __tablename__ = "mails"
    __table_args__ = (
        Index(
            "ix_mails_due",
            "next_at",
            sqlite_where=_IS_WAITING,
            postgresql_where=_IS_WAITING,
        ),
        # How much somebody was sent of late.
        Index("ix_mails_recipient", "recipient", "created_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(998))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[MailState] = mapped_column(Choice(MailState))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant, default=now)
    lease: Mapped[str] = mapped_column(String(32), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
