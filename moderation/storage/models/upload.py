"""Owns the table of uploads: files of comments that owners move in by page."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.site import Site


class UploadState(StrEnum):
    """Where an upload stands. The first four are open: there is a file."""

    ARRIVING = "arriving"
    LOOKING = "looking"
    LOOKED = "looked"
    STORING = "storing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_IS_OPEN = text("state IN ('arriving', 'looking', 'looked', 'storing')")


class Upload(Base):
    """A file on its way into a site; at most one is open for each.

    Of `size` bytes `received` have come. `position` is how far of `total` the worker
    is: bytes while it reads, comments afterwards (`is_read`). A worker that is at it
    writes a `lease` and, until when it counts, `lease_until`. `report` has the lines
    of the newest report, `error` why it failed.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        Index(
            "ix_uploads_open",
            "site_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_uploads_site", "site_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="SET NULL")
    )
    state: Mapped[UploadState] = mapped_column(
        Choice(UploadState), default=UploadState.ARRIVING
    )
    format: Mapped[str] = mapped_column(String(20), default="")
    learns: Mapped[bool] = mapped_column(default=True)
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    is_read: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    lease: Mapped[str] = mapped_column(String(32), default="")
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    report: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now)

    site: Mapped[Site] = relationship()
