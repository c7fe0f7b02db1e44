"""Owns the tables of campaigns: comments of a site that belong together."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.campaigns import CampaignKind
from moderation.storage.models.base import Base, Choice, Instant, Key
from moderation.storage.models.site import Site

# What one comment does alone is decided in the queue.
_WAITS = text("held > 1")


class Campaign(Base):
    """The comments of a site with the same key: a text, a domain, or an author.

    `key` is the id of the comment that a text was first seen in, a registered domain,
    or the fingerprint of an author, never an e-mail address. `members` is how many
    comments belong to it and `held` how many of these wait; both change in the
    transaction in which a comment arrives or moves. `first_at` and `last_at` are the
    arrivals of the first and the last.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "key"),
        # The list moderators work through, in its order.
        Index(
            "ix_campaigns_waiting",
            "site_id",
            "held",
            "last_at",
            "id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    kind: Mapped[CampaignKind] = mapped_column(Choice(CampaignKind))
    key: Mapped[str] = mapped_column(String(255))
    members: Mapped[int]
    held: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)

    site: Mapped[Site] = relationship()


class CampaignMember(Base):
    """That a comment belongs to a campaign, and whether it waits there.

    `is_held` repeats the comment's status, so that the few that wait are found among
    however many that don't.
    """

    __tablename__ = "campaign_members"
    __table_args__ = (
        Index(
            "ix_campaign_members_held",
            "campaign_id",
            "comment_id",
            sqlite_where=text("is_held = 1"),
            postgresql_where=text("is_held"),
        ),
        {"sqlite_with_rowid": False},
    )

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_held: Mapped[bool]
