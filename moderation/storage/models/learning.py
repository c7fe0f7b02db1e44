"""Owns the tables of what each site has learnt, and of the lessons it was learnt from.

Sums of whole numbers only (see `moderation.spam.learning`). They change in the
transaction of the decision that teaches, and by adding: nothing is lost between
processes, and nothing is learnt of a decision that was not made.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from moderation.spam.learning import Label
from moderation.storage.models.base import Base, Choice, Instant, now

_IS_UNCOUNTED = text("NOT is_counted")


class Kind(StrEnum):
    """What besides words is counted of a comment."""

    SIGNAL = "signal"
    DOMAIN = "domain"
    AUTHOR = "author"


class LearntSite(Base):
    """How many comments a site has learnt, and the sums of its stacker.

    `terms` are those of `moderation.spam.stacker`. The row is locked before any other
    of the site's sums is changed, so that two decisions never wait for each other.
    """

    __tablename__ = "learnt_sites"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    spam: Mapped[int] = mapped_column(default=0)
    ham: Mapped[int] = mapped_column(default=0)
    terms: Mapped[list[int]] = mapped_column(JSON, default=list)


class LearntWord(Base):
    """In how many spam and ham comments of a site a hashed word stood."""

    __tablename__ = "learnt_words"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spam: Mapped[int]
    ham: Mapped[int]


class LearntFeature(Base):
    """How many spam and ham comments of a site had a signal, a domain, an author.

    `kind` is a `Kind`; `key` the name of the signal, the domain, or the author's
    fingerprint.
    """

    __tablename__ = "learnt_features"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    spam: Mapped[int]
    ham: Mapped[int]


class LessonRow:
    """What was learnt of one comment, kept to be taken back exactly.

    The text may be edited and the filter may read texts differently one day: this is
    what was added to the sums when it was. `words` are hashes of three bytes each,
    `features` lists of keys by kind, `terms` what the stacker was given.
    """

    label: Mapped[Label] = mapped_column(Choice(Label))
    words: Mapped[bytes] = mapped_column(LargeBinary)
    features: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    terms: Mapped[list[int]] = mapped_column(JSON)


class Lesson(LessonRow, Base):
    """What was learnt of a comment that is stored here.

    One that is not counted yet, as after an import, is not in the sums.
    """

    __tablename__ = "lessons"
    __table_args__ = (
        Index(
            "ix_lessons_uncounted",
            "comment_id",
            sqlite_where=_IS_UNCOUNTED,
            postgresql_where=_IS_UNCOUNTED,
        ),
    )

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    is_counted: Mapped[bool] = mapped_column(default=True, server_default=true())


class ForeignLesson(LessonRow, Base):
    """What a site was taught of a comment that is stored elsewhere.

    `digest` is of author and text: told again, the same comment teaches nothing new,
    and told otherwise, it takes back what it taught before.
    """

    __tablename__ = "foreign_lessons"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
