"""Owns finding comments: all statuses, filters, and words, newest first, page by page.

The filter that an index has, with the order of the list, is where the search begins;
the others are held against what it gives. They are held against so many comments at
most that a page costs the same however many there are; the page says how far it looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_, union_all
from sqlalchemy.orm import Session, defer

from moderation.domain.errors import NotAllowedError
from moderation.services.access import Actor, find_visible_site
from moderation.services.courses import Condition, Course, plan_course
from moderation.services.queues import PAGE_LENGTH, SHOWN, Position, list_sites
from moderation.services.wishes import Wish
from moderation.storage.models import Comment

# Filters without an index are held against so many comments at most.
MOST_LOOKED = 20_000
NO_CONTACTS = (
    "You may not see e-mail addresses here, nor search for them. Search by name, or "
    "ask the site's owner for the role of moderator."
)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A page of comments, and where the next begins (None: there is none).

    `looked_to` is the moment back to which it was looked through, None if to the end
    or until the page was full.
    """

    comments: Sequence[Comment]
    next: Position | None
    looked_to: datetime | None = None


def find_comments(
    session: Session,
    actor: Actor,
    wish: Wish,
    *,
    after: Position | None = None,
    length: int = PAGE_LENGTH,
) -> Findings:
    """Return a page of the comments wished for, the newest first.

    With words or a campaign they are sorted by arrival here, else by when they were
    written; only imported ones differ. All that a card shows is loaded.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if an e-mail address is asked for by who may see none.
    """
    sites = _limit_sites(session, actor, wish)
    if not sites or wish.is_wordless:
        return Findings(comments=(), next=None)
    course = plan_course(session, actor, wish, sites)
    bound = _find_bound(session, course, after) if course.rest else None
    ids = _list_ids(session, course, after, bound, length + 1)
    comments = _load(session, ids[:length])
    if len(ids) > length:
        return Findings(comments=comments, next=_find_position(comments[-1]))
    if bound is None:
        return Findings(comments=comments, next=None)
    return Findings(comments=comments, next=bound, looked_to=bound.moment)


def _limit_sites(session: Session, actor: Actor, wish: Wish) -> Sequence[int]:
    """Return the ids of the sites to look through."""
    if wish.site_key:
        sites: Sequence[int] = [find_visible_site(session, actor, wish.site_key).id]
    else:
        sites = list_sites(session, actor)
    if not wish.email:
        return sites
    allowed = [site for site in sites if actor.may_see_contacts(site)]
    if sites and not allowed:
        raise NotAllowedError(NO_CONTACTS)
    return allowed


def _find_bound(
    session: Session, course: Course, after: Position | None
) -> Position | None:
    """Return where to stop looking, None if the end comes before."""
    offset = MOST_LOOKED // len(course.parts)
    ends = [
        part.with_only_columns(*course.key)
        .order_by(*(column.desc() for column in course.key))
        .offset(offset)
        .limit(1)
        for part in _begin(course, after)
    ]
    chosen = union_all(*(select(end.subquery()) for end in ends)).subquery()
    last = list(chosen.c)[-1]
    row = session.execute(
        select(Comment.created_at, Comment.id)
        .where(Comment.id.in_(select(last)))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Position(moment=row[0], comment_id=row[1])


def _list_ids(
    session: Session,
    course: Course,
    after: Position | None,
    bound: Position | None,
    length: int,
) -> Sequence[int]:
    """Return the ids of a page, in order."""
    parts = []
    for part in _begin(course, after):
        if bound is not None:
            part = part.where(_compare(course, bound, is_before=False))  # noqa: PLW2901 it is narrowed
        ordered = part.with_only_columns(*course.key).where(*course.rest)
        descending = [column.desc() for column in course.key]
        parts.append(select(ordered.order_by(*descending).limit(length).subquery()))
    merged = union_all(*parts).subquery()
    rows = session.execute(
        select(merged).order_by(*(column.desc() for column in merged.c)).limit(length)
    )
    return [row[-1] for row in rows]


def _begin(course: Course, after: Position | None) -> Sequence[Select[Any]]:
    if after is None:
        return course.parts
    return [
        part.where(_compare(course, after, is_before=True)) for part in course.parts
    ]


def _compare(course: Course, position: Position, *, is_before: bool) -> Condition:
    """Return that a comment stands behind a position of the list, or not behind it."""
    if len(course.key) == 1:
        (key,) = course.key
        is_behind: Condition = key < position.comment_id
        is_not: Condition = key >= position.comment_id
    else:
        here = tuple_(*course.key)
        there = tuple_(position.moment, position.comment_id)
        is_behind, is_not = here < there, here >= there
    return is_behind if is_before else is_not


def _load(session: Session, ids: Sequence[int]) -> Sequence[Comment]:
    """Return comments with all that is shown of them, in the order of their ids."""
    if not ids:
        return ()
    rows = session.scalars(
        select(Comment).where(Comment.id.in_(ids)).options(*SHOWN, defer(Comment.html))
    )
    by_id = {comment.id: comment for comment in rows}
    return [by_id[comment_id] for comment_id in ids]


def _find_position(comment: Comment) -> Position:
    return Position(moment=comment.created_at, comment_id=comment.id)
