"""Owns the history: every change of a comment's status, for good."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.domain.statuses import Status
from moderation.spam.learning import Label
from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.comment import Comment
from moderation.storage.models.moderator import Moderator

_IS_BY_MODERATOR = text("moderator_id IS NOT NULL")
_IS_UNDOING = text("undoes_id IS NOT NULL")


class Decision(Base):
    """One change of status: who or what, from, to, when, why.

    `moderator_id` is None if the filter decided (`why` says by what), or a program,
    whose token's name `agent` is then. With a moderator, `agent` is "mail" if it came
    by a mailed link, "" otherwise. `version` is the comment's version that the change
    made. Changes made in one action share `batch`, by which they are undone together.
    `undoes_id` is the decision that
    this one took back. `label` is what the comment has taught the filter since, None
    if nothing: what taking back a later decision returns to.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_comment", "comment_id", "id"),
        # What people did, among all the arrivals that the filter decided on.
        Index(
            "ix_decisions_people",
            "created_at",
            "id",
            sqlite_where=_IS_BY_MODERATOR,
            postgresql_where=_IS_BY_MODERATOR,
        ),
        # Without it, deleting a decision would read all of them.
        Index(
            "ix_decisions_undoes",
            "undoes_id",
            sqlite_where=_IS_UNDOING,
            postgresql_where=_IS_UNDOING,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE")
    )
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderators.id", ondelete="SET NULL")
    )
    agent: Mapped[str] = mapped_column(String(100), default="", server_default="")
    from_status: Mapped[Status | None] = mapped_column(Choice(Status))
    to_status: Mapped[Status] = mapped_column(Choice(Status))
    version: Mapped[int]
    why: Mapped[str] = mapped_column(Text, default="")
    batch: Mapped[str] = mapped_column(String(32), index=True, default="")
    undoes_id: Mapped[int | None] = mapped_column(
        ForeignKey("decisions.id", ondelete="SET NULL")
    )
    label: Mapped[Label | None] = mapped_column(Choice(Label))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    comment: Mapped[Comment] = relationship()
    moderator: Mapped[Moderator | None] = relationship()
