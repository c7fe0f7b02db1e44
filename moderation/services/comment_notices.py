"""Owns the record of what is to be told of comments by mail, kept with what happened.

Posting writes a row at most: whom to tell, and what, is for the worker to find out.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import cycle

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.bulk import insert_missing
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment, Notice, NoticeKind, Subscription
from moderation.storage.models.base import now
from moderation.storage.session import announce_work

# What the worker is told.
NOTICES = "notices"

_BOTH = ("one", "other")
# Composed once: that takes longer than to run it.
_SELECT_ASKED = select(Subscription.comment_id).where(Subscription.ended_at.is_(None))
_FIND_ASKED = _SELECT_ASKED.where(
    Subscription.comment_id.in_([bindparam(name) for name in _BOTH])
)


def note_held(session: Session, comment: Comment) -> None:
    """Note that a comment waits for a moderator, if it does."""
    if comment.status is Status.HELD:
        _note(session, [comment.id], NoticeKind.HELD)


def note_approvals(session: Session, comments: Sequence[Comment]) -> None:
    """Note which of the comments are published that somebody asked to be told of.

    That is whoever wrote what one answers, and whoever wants replies to one.
    """
    approved = [row for row in comments if row.status is Status.APPROVED]
    if not approved:
        return
    wanted = {row.id for row in approved}
    wanted |= {row.parent_id for row in approved if row.parent_id is not None}
    asked = _find_asked(session, wanted)
    _note(session, [row.id for row in approved if row.id in asked], NoticeKind.ASK)
    replies = [row.id for row in approved if row.parent_id in asked]
    _note(session, replies, NoticeKind.REPLY)


def tell_of_replies(session: Session, comment_ids: Sequence[int]) -> None:
    """Let be told now which replies to comments were put off."""
    replies = select(Comment.id).where(Comment.parent_id.in_(comment_ids))
    session.execute(
        update(Notice)
        .where(
            Notice.kind == NoticeKind.REPLY,
            Notice.done_at.is_(None),
            Notice.comment_id.in_(replies),
        )
        .values(due_at=now())
        .execution_options(synchronize_session=False)
    )
    announce_work(session, NOTICES)


def has_due_notice(session: Session, *, at: datetime) -> bool:
    """Return whether something is to be told."""
    return session.scalar(_find_due(at).with_only_columns(Notice.id)) is not None


def take_notices(session: Session, *, at: datetime, length: int) -> Sequence[Notice]:
    """Return what is to be told, oldest first; nobody else gets it meanwhile."""
    return session.scalars(
        _find_due(at).limit(length).with_for_update(skip_locked=True)
    ).all()


def drop_notices(session: Session, *, at: datetime) -> None:
    """Forget what is to be told by now: nobody can be told."""
    session.execute(
        delete(Notice)
        .where(Notice.done_at.is_(None), Notice.due_at <= at)
        .execution_options(synchronize_session=False)
    )


def _find_asked(session: Session, wanted: AbstractSet[int]) -> AbstractSet[int]:
    """Return which of the comments somebody wants to be told of."""
    if len(wanted) <= len(_BOTH):
        # One comment, as it is posted, and what it answers.
        given = dict(zip(_BOTH, cycle(wanted), strict=False))
        return {row.comment_id for row in look_up(session, _FIND_ASKED, given)}
    query = _SELECT_ASKED.where(Subscription.comment_id.in_(wanted))
    return set(session.scalars(query))


def _find_due(at: datetime) -> Select[Notice]:
    return (
        select(Notice)
        .where(Notice.done_at.is_(None), Notice.due_at <= at)
        .order_by(Notice.due_at, Notice.id)
        .limit(1)
    )


def _note(session: Session, ids: Sequence[int], kind: NoticeKind) -> None:
    """Note a kind of event of comments, unless it was noted before."""
    if not ids:
        return
    at = now()
    rows = [{"comment_id": id_, "kind": kind, "due_at": at} for id_ in ids]
    insert_missing(session, Notice, rows)
    announce_work(session, NOTICES)
