"""Owns what authors are told by mail: once to confirm, then of each reply published."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.statuses import Status
from moderation.services.subscriptions import PATIENCE
from moderation.storage.models import Comment, Mail, Notice, Site, Subscription

# One mail that asks to confirm per address and site, and so many of a site.
PAUSE = timedelta(days=1)
MOST_ASKED = 200
# Of more replies a day an address is not told.
MOST_MAILS = 20


@dataclass(frozen=True, kw_only=True)
class AskLetter:
    """A mail that asks an address whether it wants to be told of replies."""

    site: Site
    subscription: Subscription


@dataclass(frozen=True, kw_only=True)
class ReplyLetter:
    """A mail that tells an address of a reply to its comment."""

    site: Site
    subscription: Subscription
    reply: Comment


def take_ask(session: Session, notice: Notice, *, at: datetime) -> AskLetter | None:
    """Return the mail that asks the author of a comment to confirm, if there is one.

    While its address was asked within a day, it is put off.
    """
    subscription = _find(session, notice.comment_id)
    if (
        subscription is None
        or subscription.confirmed_at is not None
        # It is noted again when it is published again.
        or not _is_shown(subscription.comment)
    ):
        session.delete(notice)
        return None
    if _was_asked(session, subscription, since=at - PAUSE):
        notice.due_at = at + PAUSE
        return None
    notice.done_at = subscription.asked_at = at
    session.flush()
    return AskLetter(site=subscription.comment.site, subscription=subscription)


def take_reply(session: Session, notice: Notice, *, at: datetime) -> ReplyLetter | None:
    """Return the mail that tells of a reply, if somebody is to be told.

    Nobody is told of what they wrote themselves, nor of replies to what is not shown.
    Who is still to confirm is told then: mostly a moderator replies at once.
    """
    notice.done_at = at
    reply = session.get_one(Comment, notice.comment_id)
    subscription = None if reply.parent_id is None else _find(session, reply.parent_id)
    if subscription is None:
        return None
    if subscription.confirmed_at is None:
        notice.done_at, notice.due_at = None, at + PATIENCE
        return None
    if not (_is_shown(reply) and _is_shown(subscription.comment)):
        # It is noted again when it is published again.
        session.delete(notice)
        return None
    is_own = reply.email.lower() == subscription.email
    if is_own or _count_mails(session, subscription, at - PAUSE) >= MOST_MAILS:
        return None
    site = subscription.comment.site
    return ReplyLetter(site=site, subscription=subscription, reply=reply)


def _find(session: Session, comment_id: int) -> Subscription | None:
    return session.scalar(
        select(Subscription)
        .where(Subscription.comment_id == comment_id, Subscription.ended_at.is_(None))
        .options(
            joinedload(Subscription.comment).joinedload(Comment.thread),
            joinedload(Subscription.comment).joinedload(Comment.site),
        )
    )


def _is_shown(comment: Comment) -> bool:
    """Return whether replies to a comment, or it as one, may be told of."""
    return comment.status is Status.APPROVED and comment.site.offers_replies


def _was_asked(session: Session, own: Subscription, *, since: datetime) -> bool:
    """Return whether the address, or too many of the site, was asked since."""
    asked = select(Subscription.email, Subscription.asked_at).where(
        Subscription.site_id == own.site_id, Subscription.asked_at > since
    )
    rows = session.execute(asked.limit(MOST_ASKED)).all()
    return len(rows) >= MOST_ASKED or any(row.email == own.email for row in rows)


def _count_mails(session: Session, own: Subscription, since: datetime) -> int:
    query = select(func.count()).where(
        Mail.recipient == own.email, Mail.created_at > since
    )
    return session.scalar(query.select_from(Mail)) or 0
