"""Owns the tables of what was imported from where: nothing is imported twice."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Key

_IS_AWAITING = text("awaits IS NOT NULL")


class ImportSource(Base):
    """A blog as another system numbered its comments: the format, and its name."""

    __tablename__ = "import_sources"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(500))


class ImportRecord(Base):
    """That a comment was imported.

    `external_id` is what it had in the source. `comment_id` is None once the comment
    was deleted: it stays imported, and does not come back. `awaits` is the external id
    of the comment it answers, until that is imported, too.
    """

    __tablename__ = "import_records"
    __table_args__ = (
        Index(
            "ix_import_records_awaiting",
            "source_id",
            "awaits",
            sqlite_where=_IS_AWAITING,
            postgresql_where=_IS_AWAITING,
        ),
        {"sqlite_with_rowid": False},
    )

    source_id: Mapped[int] = mapped_column(
        ForeignKey("import_sources.id", ondelete="CASCADE"), primary_key=True
    )
    external_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id", ondelete="SET NULL"), index=True
    )
    awaits: Mapped[str | None] = mapped_column(String(255))
