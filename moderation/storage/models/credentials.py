"""Owns the tables of what proves that somebody is who they say they are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.roles import Role
from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.moderator import Moderator
from moderation.storage.models.site import Site


class Passkey(Base):
    """A key pair in somebody's phone, computer or token (WebAuthn); the public half."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), index=True
    )
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(Key, default=0)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Base):
    """One code for the day the phone is lost, as its SHA-256; gone once used.

    A code has 120 random bits, so that a plain digest of it tells nothing (ASVS
    5.0.0, 6.5.2).
    """

    __tablename__ = "recovery_codes"

    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class LinkPurpose(StrEnum):
    """What a link that is good once is for."""

    INVITATION = "invitation"
    RESET = "reset"


class AccountLink(Base):
    """A link that is good once and for a while; `digest` is the SHA-256 of its token.

    An invitation is for an address, a role and a site (None: all); a reset is for a
    moderator.
    """

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Choice(LinkPurpose))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE"), index=True
    )
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE")
    )
    role: Mapped[Role | None] = mapped_column(Choice(Role))
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="CASCADE")
    )
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)

    site: Mapped[Site | None] = relationship()
    invited_by: Mapped[Moderator | None] = relationship(foreign_keys=[invited_by_id])


class LoginThrottle(Base):
    """How often something was tried in vain, and when it may be tried again.

    `key` is a keyed digest of what is counted: no address can be read from it.
    """

    __tablename__ = "login_throttles"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    free_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)
