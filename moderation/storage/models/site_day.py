"""Owns the table of how the filter did, day by day."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from moderation.domain.outcomes import Said
from moderation.spam.verdict import Verdict
from moderation.storage.models.base import Base, Choice


class SiteDay(Base):
    """How many comments of a day (UTC) had a verdict, of which moderators said this.

    The day is that of the comment's arrival, whenever it is decided on: what is said
    of a comment moves it from one number of its day to another.
    """

    __tablename__ = "site_days"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(Choice(Verdict), primary_key=True)
    said: Mapped[Said] = mapped_column(Choice(Said), primary_key=True)
    number: Mapped[int]
