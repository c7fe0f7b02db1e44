"""Owns the table of the rules that owners give their sites."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.storage.models.base import Base, Choice, Instant, Key, now


class Rule(Base):
    """What a site does with comments that have something.

    `value` is in the form it is compared in (see `moderation.spam.rules`). A rule that
    is not active is kept, and does nothing. Ids are never reused: the signals kept with
    comments name them.
    """

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "scope", "value"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    action: Mapped[RuleAction] = mapped_column(Choice(RuleAction))
    kind: Mapped[RuleKind] = mapped_column(Choice(RuleKind))
    scope: Mapped[RuleScope] = mapped_column(Choice(RuleScope))
    value: Mapped[str] = mapped_column(String(320))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
