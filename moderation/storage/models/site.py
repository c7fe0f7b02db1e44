"""Owns the table of sites (blogs) and the origins their pages are served from."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.policy import Policy
from moderation.storage.models.base import Base, Choice, Instant, Key, now


class Site(Base):
    """One blog. `key` is what its pages name it by; it never changes.

    `rules_count` is how many rules it has; while that is 0 nobody looks for them.
    `care_phrases` are one a line, None for the shipped ones; `care_help` is shown to
    authors whose comment has one. See `moderation.services.care`. `consent_text` is
    shown above the button of the form, `privacy_url` linked there; "" for nothing.
    `offers_replies`: authors may ask to be told of replies, where mail can be sent.
    """

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    policy: Mapped[Policy] = mapped_column(Choice(Policy))
    publish_below: Mapped[float] = mapped_column(Float, default=0.10)
    spam_above: Mapped[float] = mapped_column(Float, default=0.99)
    is_open: Mapped[bool] = mapped_column(default=True)
    rules_count: Mapped[int] = mapped_column(default=0, server_default="0")
    is_care_on: Mapped[bool] = mapped_column(default=False, server_default=false())
    care_phrases: Mapped[str | None] = mapped_column(Text)
    care_help: Mapped[str] = mapped_column(Text, default="", server_default="")
    consent_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    privacy_url: Mapped[str] = mapped_column(
        String(2_000), default="", server_default=""
    )
    offers_replies: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    origins: Mapped[list["SiteOrigin"]] = relationship(
        back_populates="site", cascade="all, delete-orphan", order_by="SiteOrigin.id"
    )


class SiteOrigin(Base):
    """An origin that may embed a site's form (canonical, as `parse_origin` gives)."""

    __tablename__ = "site_origins"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), index=True
    )
    origin: Mapped[str] = mapped_column(String(300))

    site: Mapped[Site] = relationship(back_populates="origins")
