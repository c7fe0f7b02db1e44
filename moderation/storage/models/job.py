"""Owns the table of periodic jobs: when each ran, and what came of it."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Instant


class Job(Base):
    """A periodic job, by its name.

    A worker that runs it writes a `lease` of its own and puts `next_at` to when that
    ends. `result` is what the last run said; `error` is "" unless it failed.
    """

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Instant)
    lease: Mapped[str] = mapped_column(String(32), default="")
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")
