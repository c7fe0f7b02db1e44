"""Owns which of the comments that wait somebody is to be told of now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from moderation.domain.notice_wishes import NoticePace
from moderation.domain.statuses import Status
from moderation.services.notice_choices import Recipient
from moderation.spam.care import CARE
from moderation.storage.models import Comment, Mail, SignalEvidence, WaitingNotice

# So that a flood of comments is no flood of mails: what is more comes with the next.
MOST_MAILS = 20
MAIL_HOURS = timedelta(hours=1)
# Who may be in danger is told of besides, but no more often than this: whoever knows
# the words could have as many mails sent as they like.
MOST_URGENT = 2 * MOST_MAILS


def list_sites(session: Session) -> Sequence[int]:
    """Return the ids of the sites that somebody is to be told of, sooner or later."""
    return session.scalars(
        select(Comment.site_id)
        .join(WaitingNotice, WaitingNotice.comment_id == Comment.id)
        .distinct()
        .order_by(Comment.site_id)
    ).all()


def list_waiting_for(session: Session, site_id: int) -> Sequence[int]:
    """Return the ids of the moderators whom something is noted for."""
    return session.scalars(
        select(WaitingNotice.moderator_id)
        .join(Comment, Comment.id == WaitingNotice.comment_id)
        .where(Comment.site_id == site_id)
        .distinct()
        .order_by(WaitingNotice.moderator_id)
    ).all()


def forget_decided(session: Session) -> None:
    """Forget what is noted of comments that do not wait any more."""
    held = select(Comment.id).where(
        Comment.id == WaitingNotice.comment_id, Comment.status == Status.HELD
    )
    session.execute(
        delete(WaitingNotice)
        .where(~held.exists())
        .execution_options(synchronize_session=False)
    )


def select_due(
    session: Session, to: Recipient, site_id: int, at: datetime
) -> Select[int] | None:
    """Return the query for what is to be told now, None if nothing can be."""
    waiting = _select_waiting(to, site_id)
    total, first = session.execute(
        waiting.with_only_columns(func.count(), func.min(WaitingNotice.created_at))
    ).one()
    sent = _count_sent(session, to, at)
    if _is_due(to, total, first, at) and sent < MOST_MAILS:
        return waiting
    if sent >= MOST_URGENT:
        return None
    return waiting.where(Comment.signals.any(SignalEvidence.name == CARE))


def _select_waiting(to: Recipient, site_id: int) -> Select[int]:
    return (
        select(Comment.id)
        .join(WaitingNotice, WaitingNotice.comment_id == Comment.id)
        .where(
            WaitingNotice.moderator_id == to.moderator_id, Comment.site_id == site_id
        )
    )


def _is_due(to: Recipient, total: int, first: datetime | None, at: datetime) -> bool:
    if to.wish.pace is NoticePace.AT_ONCE or first is None:
        return first is not None
    is_many = total >= to.wish.after_count
    return is_many or first + timedelta(hours=to.wish.after_hours) <= at


def _count_sent(session: Session, to: Recipient, at: datetime) -> int:
    """Return how many mails somebody was sent within the hour."""
    sent = session.scalar(
        select(func.count())
        .select_from(Mail)
        .where(Mail.recipient == to.email, Mail.created_at > at - MAIL_HOURS)
    )
    return sent or 0
