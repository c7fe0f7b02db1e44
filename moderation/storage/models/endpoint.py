"""Owns the tables of endpoints: who is told what happens, where, and how."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.site import Site


class EndpointState(StrEnum):
    """Whether an endpoint is told of anything."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Endpoint(Base):
    """An address that events are sent to.

    `version` grows with every change its owner makes, and guards each.
    `is_everywhere`: for all sites, those to come included; else for `sites`. `types`
    are the events it wants, [] for all. `preset` names the form of the body, and
    `template` is that form if it is the owner's own. The values of `headers` are
    sealed if `has_sealed_headers` says so. `is_thin`: told that something happened,
    not what. `has_private`: told e-mail and IP address, too. `failing_since` is when
    deliveries began to fail with none arriving since, None if the last one arrived.
    `reason` says why it is disabled.
    """

    __tablename__ = "endpoints"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2_000))
    is_everywhere: Mapped[bool] = mapped_column(default=False)
    types: Mapped[list[str]] = mapped_column(JSON, default=list)
    preset: Mapped[str] = mapped_column(String(20), default="standard")
    template: Mapped[str] = mapped_column(Text, default="")
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    has_sealed_headers: Mapped[bool] = mapped_column(default=True)
    is_thin: Mapped[bool] = mapped_column(default=False)
    has_private: Mapped[bool] = mapped_column(default=False)
    state: Mapped[EndpointState] = mapped_column(
        Choice(EndpointState), default=EndpointState.ACTIVE
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    sites: Mapped[list[Site]] = relationship(secondary="endpoint_sites")
    secrets: Mapped[list["EndpointSecret"]] = relationship(
        back_populates="endpoint",
        cascade="all, delete-orphan",
        order_by="EndpointSecret.id",
    )


class EndpointSite(Base):
    """A site that an endpoint is told about."""

    __tablename__ = "endpoint_sites"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 SQLAlchemy's way

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoints.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SecretKind(StrEnum):
    """The versions of signatures, by the names that Standard Webhooks gives them."""

    SHARED = "v1"
    PUBLIC = "v1a"


class EndpointSecret(Base):
    """A key that deliveries are signed with, until `expires_at` if that is set.

    `key` is sealed, but for what was written before secrets were: `is_sealed` says so.
    `public_key` is what receivers verify with, if they don't have the key itself.
    """

    __tablename__ = "endpoint_secrets"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoints.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(10), default=SecretKind.SHARED)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    is_sealed: Mapped[bool] = mapped_column(default=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)

    endpoint: Mapped[Endpoint] = relationship(back_populates="secrets")
