"""Owns the tables of moderators' work, day by day: how soon, and by whom."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from moderation.domain.statuses import Status
from moderation.domain.waits import Wait
from moderation.storage.models.base import Base, Choice


class WaitDay(Base):
    """Of the comments the filter held, how many were decided on this day (UTC) so soon.

    What is counted is the decision that stands: one that is taken back leaves.
    """

    __tablename__ = "wait_days"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    wait: Mapped[Wait] = mapped_column(Choice(Wait), primary_key=True)
    number: Mapped[int]


class ModeratorDay(Base):
    """How many comments a moderator gave a status on this day (UTC).

    Decisions that were taken back leave; taking back is none by itself.
    """

    __tablename__ = "moderator_days"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[Status] = mapped_column(Choice(Status), primary_key=True)
    number: Mapped[int]
