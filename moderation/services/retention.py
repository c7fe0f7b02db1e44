"""Owns how long what is kept: addresses become hashes, unwanted comments go.

Each step is small and does the oldest first, so that nobody waits long for the
database, and a worker that is killed leaves nothing half done.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Delete, delete, exists, func, select
from sqlalchemy.orm import Session

from moderation.domain.events import EventType
from moderation.domain.networks import HASH_MARK
from moderation.domain.statuses import Status
from moderation.services.campaign_members import leave_campaigns
from moderation.services.events import record_events
from moderation.storage.models import Campaign, Comment, Event, Lesson
from moderation.storage.models.comment import HAS_ADDRESS

AT_ONCE = 200
# 64 bits: enough to tell the networks of a site apart, and no address by itself.
HASH_CHARACTERS = 16
PURPOSE = b"addresses of comments"


def hash_addresses(session: Session, *, key: str, before: datetime) -> int:
    """Make the addresses and browsers of some comments hashes; return of how many.

    Those alike stay alike, so what came from one network is still seen to belong
    together. Call it until it returns 0.
    """
    comments = session.scalars(
        select(Comment)
        .where(HAS_ADDRESS, Comment.created_at < before)
        .order_by(Comment.created_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    secret = hmac.digest(key.encode(), PURPOSE, "sha256")
    for comment in comments:
        comment.ip = hash_text(secret, comment.ip) or HASH_MARK
        comment.network = hash_text(secret, comment.network)
        comment.user_agent = hash_text(secret, comment.user_agent)
    session.flush()
    return len(comments)


def hash_text(secret: bytes, text: str) -> str:
    """Return the keyed hash of a text, marked as one; "" of nothing."""
    if not text:
        return ""
    digest = hmac.new(secret, text.encode("utf-8", "replace"), "sha256").hexdigest()
    return HASH_MARK + digest[:HASH_CHARACTERS]


def purge_comments(session: Session, *, status: Status, before: datetime) -> int:
    """Delete some comments that were unwanted before an instant; return how many.

    What moderators decided about since then is left: it can still be taken back. What
    they taught the filter stays, for good: there is nothing left to take back. So what
    is not counted yet is left, too. Receivers of webhooks are told that they were
    deleted. Call it until it returns 0.
    """
    is_uncounted = exists().where(Lesson.comment_id == Comment.id, ~Lesson.is_counted)
    comments = session.scalars(
        select(Comment)
        .where(
            Comment.status == status,
            Comment.created_at < before,
            func.coalesce(Comment.reviewed_at, Comment.created_at) < before,
            ~is_uncounted,
        )
        .order_by(Comment.created_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if comments:
        _delete(session, comments)
    return len(comments)


def forget_campaigns(session: Session) -> int:
    """Delete campaigns that nobody belongs to any more; return how many."""
    gone = session.scalars(
        delete(Campaign)
        .where(Campaign.members <= 0)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)


def _delete(session: Session, comments: Sequence[Comment]) -> None:
    """Delete comments with all that hangs on them, what was told of them included."""
    ids = [comment.id for comment in comments]
    leave_campaigns(session, ids)
    _delete_rows(session, delete(Event).where(Event.comment_id.in_(ids)))
    record_events(session, comments, kind=EventType.DELETED)
    _delete_rows(session, delete(Comment).where(Comment.id.in_(ids)))


def _delete_rows(session: Session, statement: Delete) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
