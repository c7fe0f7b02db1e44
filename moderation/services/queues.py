"""Owns the lists moderators work through, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.services.access import Actor
from moderation.storage.models import Comment

PAGE_LENGTH = 50
# What a moderator sees of a comment: read with it, not one by one.
SHOWN = (
    joinedload(Comment.site),
    joinedload(Comment.thread),
    joinedload(Comment.parent),
    selectinload(Comment.signals),
)


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a page of a list begins: behind this comment. No offset is counted."""

    created_at: datetime
    comment_id: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of comments, and where the next begins (None: there is none)."""

    comments: Sequence[Comment]
    next: Position | None


def list_comments(
    session: Session,
    actor: Actor,
    *,
    status: Status,
    after: Position | None = None,
    length: int = PAGE_LENGTH,
) -> Page:
    """Return a page of the comments with a status on the actor's sites.

    Held comments come oldest first, so that none waits for ever; decided ones come
    newest first. Site, thread, parent and signals are loaded with them.
    """
    place = (Comment.created_at, Comment.id)
    query = (
        select(Comment)
        .where(Comment.status == status, actor.limit_sites(Comment.site_id))
        .options(*SHOWN)
        .limit(length + 1)
    )
    is_oldest_first = status is Status.HELD
    if after is not None:
        here, there = tuple_(*place), tuple_(after.created_at, after.comment_id)
        query = query.where(here > there if is_oldest_first else here < there)
    ordered = place if is_oldest_first else [column.desc() for column in place]
    comments = session.scalars(query.order_by(*ordered)).all()
    shown = comments[:length]
    return Page(
        comments=shown,
        next=_find_position(shown[-1]) if len(comments) > length else None,
    )


def find_comment(session: Session, actor: Actor, comment_id: int) -> Comment:
    """Return one comment with all that is shown of it.

    :raises NotFoundError: if there is none, or it is not the actor's to see.
    """
    comment = session.scalar(
        select(Comment)
        .where(Comment.id == comment_id, actor.limit_sites(Comment.site_id))
        .options(*SHOWN)
    )
    if comment is None:
        raise NotFoundError("There is no such comment, or it is not yours to see.")
    return comment


def count_comments(session: Session, actor: Actor) -> Mapping[Status, int]:
    """Return how many comments of the actor's sites have each status."""
    rows = session.execute(
        select(Comment.status, func.count().label("number"))
        .where(actor.limit_sites(Comment.site_id))
        .group_by(Comment.status)
    )
    counts = {row.status: row.number for row in rows}
    return {status: counts.get(status, 0) for status in Status}


def _find_position(comment: Comment) -> Position:
    return Position(created_at=comment.created_at, comment_id=comment.id)
