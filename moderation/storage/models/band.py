"""Owns the index by which near-duplicate texts are found."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base


class TextBand(Base):
    """One band of a comment's MinHash sketch (see `moderation.spam.twins`).

    Comments of a site that share a band are candidates for being near-duplicates.
    `band` is a signed 64-bit integer.
    """

    __tablename__ = "text_bands"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    band: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
