"""Owns the lists moderators work through, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.services.access import Actor
from moderation.storage.models import Audit, Comment

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

    Held comments come oldest first, so that none waits for ever, and among them those
    of the audit sample that nobody has checked; decided ones come newest first. Site,
    thread, parent and signals are loaded with them.
    """
    place = (Comment.created_at, Comment.id)
    is_oldest_first = status is Status.HELD
    ordered = place if is_oldest_first else [column.desc() for column in place]
    found = select(Comment.id).where(actor.limit_sites(Comment.site_id))
    if after is not None:
        here, there = tuple_(*place), tuple_(after.created_at, after.comment_id)
        found = found.where(here > there if is_oldest_first else here < there)
    found = found.order_by(*ordered).limit(length + 1)
    kinds = [Comment.status == status]
    if is_oldest_first:
        kinds.append(Comment.audit == Audit.OPEN)
    # Each kind has an index in this order; looked for together they would not use it.
    ids = union_all(*(select(found.where(kind).subquery().c.id) for kind in kinds))
    comments = session.scalars(
        select(Comment)
        .where(Comment.id.in_(ids))
        .options(*SHOWN)
        .order_by(*ordered)
        .limit(length + 1)
    ).all()
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
    """Return how many comments of the actor's sites are listed under each status.

    Those of the audit sample that nobody has checked count as held ones, too.
    """
    rows = session.execute(
        select(
            Comment.status,
            func.count().label("number"),
            func.count().filter(Comment.audit == Audit.OPEN).label("unchecked"),
        )
        .where(actor.limit_sites(Comment.site_id))
        .group_by(Comment.status)
    ).all()
    counts = {row.status: row.number for row in rows}
    counts[Status.HELD] = counts.get(Status.HELD, 0) + sum(r.unchecked for r in rows)
    return {status: counts.get(status, 0) for status in Status}


def _find_position(comment: Comment) -> Position:
    return Position(created_at=comment.created_at, comment_id=comment.id)
