"""Owns the table of what programs asked in Akismet's way, month by month."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Choice


class CallKind(StrEnum):
    """What a call came to: the answer to a check, or what was told of one."""

    SPAM = "spam"
    HAM = "ham"
    MISSED_SPAM = "missed_spam"
    FALSE_POSITIVE = "false_positive"


class CallMonth(Base):
    """How many calls of a kind a site had in a month (UTC), named by its first day."""

    __tablename__ = "call_months"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[CallKind] = mapped_column(Choice(CallKind), primary_key=True)
    number: Mapped[int]
