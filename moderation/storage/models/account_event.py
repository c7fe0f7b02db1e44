"""Owns the table of what happened to accounts: who came in, and who was refused."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Choice, Instant, Key, now


class AccountEventKind(StrEnum):
    """What happened."""

    LOGIN = "login"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 no password
    WRONG_CODE = "wrong_code"
    LOGOUT = "logout"


class AccountEvent(Base):
    """That somebody logged in or out, or was refused; by the network, not the address.

    `user_agent` is what the browser calls itself.
    """

    __tablename__ = "account_events"
    __table_args__ = (Index("ix_account_events_moderator", "moderator_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE")
    )
    kind: Mapped[AccountEventKind] = mapped_column(Choice(AccountEventKind))
    network: Mapped[str] = mapped_column(String(49))
    user_agent: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)
