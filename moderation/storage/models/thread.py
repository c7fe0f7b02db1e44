"""Owns the table of threads: the comments of one page."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Instant, Key, now
from moderation.storage.models.site import Site


class Thread(Base):
    """The comments of one page of a site.

    `version` grows whenever what the public sees of it changes; `approved_count`
    is how many approved comments it has. Both change only with a comment's status.
    `url` is "" or an address on one of the site's origins.
    """

    __tablename__ = "threads"
    __table_args__ = (UniqueConstraint("site_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(500))
    url: Mapped[str] = mapped_column(String(2_000), default="")
    title: Mapped[str] = mapped_column(String(500), default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0)
    approved_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    site: Mapped[Site] = relationship()
