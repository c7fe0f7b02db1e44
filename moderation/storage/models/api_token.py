"""Owns the tables of API tokens, and of answers kept to be given a second time."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Instant, Key, now
from moderation.storage.models.moderator import Moderator
from moderation.storage.models.site import Site


class Scope(StrEnum):
    """What a token is good for; each says so by itself, none includes another.

    Only that `MANAGE` includes `DECIDE`, and both include `READ`.
    """

    READ = "read"
    EMAILS = "emails"
    DECIDE = "decide"
    MANAGE = "manage"
    SUBMIT = "submit"
    FILTER = "filter"


class ApiToken(Base):
    """What a program proves itself by, on some sites.

    `digest` is the SHA-256 of the secret, so that a copy of the database opens
    nothing; `prefix` is the beginning of the secret, by which people know it.
    `moderator_id` is who made it, None if by command or if that person is gone.
    """

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    moderator: Mapped[Moderator | None] = relationship()
    sites: Mapped[list[Site]] = relationship(
        secondary="api_token_sites", order_by="Site.key"
    )


class ApiTokenSite(Base):
    """A site that a token is good for."""

    __tablename__ = "api_token_sites"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    token_id: Mapped[int] = mapped_column(
        ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class KeptAnswer(Base):
    """What a request with an Idempotency-Key was answered, in its transaction.

    `fingerprint` is the SHA-256 of method, path and body: the same key with another
    request is a mistake of the client.
    """

    __tablename__ = "kept_answers"
    __table_args__ = (Index("ix_kept_answers_age", "created_at"),)

    token_id: Mapped[int] = mapped_column(
        ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
