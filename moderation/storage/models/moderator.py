"""Owns the tables of moderators, their roles per site, and their login sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.roles import Role
from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.site import Site


class Moderator(Base):
    """Somebody who can log in.

    `fs_uniquifier` is what Flask-Security knows a login by; changing it ends them all.
    `name` is what replies are signed with. `totp_secret` is encrypted, None without an
    authenticator app; `totp_step` is the last step of time whose code was taken.
    """

    __tablename__ = "moderators"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str | None] = mapped_column(String(100))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="moderator", cascade="all, delete-orphan"
    )


class Membership(Base):
    """The role of a moderator on one site, or on all of them (`site_id` None)."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("moderator_id", "site_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE")
    )
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE")
    )
    role: Mapped[Role] = mapped_column(Choice(Role))

    moderator: Mapped[Moderator] = relationship(back_populates="memberships")
    site: Mapped[Site | None] = relationship()


class LoginSession(Base):
    """A browser's session, kept here so that logging out really ends it.

    `digest` is the SHA-256 of the random id in the cookie, so that a copy of the
    database logs nobody in. `moderator_id` is None between the password and the second
    step of a login.
    """

    __tablename__ = "login_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), index=True
    )
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    user_agent: Mapped[str] = mapped_column(String(500), default="")
    ip: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    seen_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)
