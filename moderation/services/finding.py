"""Owns finding comments: all statuses, filters, and words, newest first, page by page.

The filter that an index has, with the order of the list, is where the search begins;
the others are held against what it gives. They are held against so many comments at
most that a page costs the same however many there are; the page says how far it looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all
from sqlalchemy.orm import Session, defer

from moderation.domain.errors import NotAllowedError
from moderation.domain.statuses import Status
from moderation.services.access import Actor, find_visible_site
from moderation.services.queues import (
    MOST_MERGED_SITES,
    PAGE_LENGTH,
    SHOWN,
    Position,
    list_sites,
)
from moderation.services.wishes import Wish
from moderation.storage.models import CampaignMember, Comment, SignalEvidence
from moderation.storage.search import Place, find_key, select_matches

# Filters without an index are held against so many comments at most.
MOST_LOOKED = 20_000
NO_CONTACTS = (
    "You may not see e-mail addresses here, nor search for them. Search by name, or "
    "ask the site's owner for the role of moderator."
)
Condition = ColumnElement[bool]
_BY_TIME = (Comment.created_at, Comment.id)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A page of comments, and where the next begins (None: there is none).

    `looked_to` is the moment back to which it was looked through, None if to the end
    or until the page was full.
    """

    comments: Sequence[Comment]
    next: Position | None
    looked_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Course:
    """Where a search begins, and what is left to be held against each comment.

    `parts` each come from an index that has the order of `key`.
    """

    parts: Sequence[Select[Any]]
    key: Sequence[Any]
    rest: Sequence[Condition]


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
    course = _plan(session, actor, wish, sites)
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


def _plan(session: Session, actor: Actor, wish: Wish, sites: Sequence[int]) -> _Course:
    """Return the course that begins with the filter that leaves the least."""
    if wish.terms:
        return _plan_words(session, actor, wish, sites)
    if wish.campaign_id is not None:
        part = (
            select(Comment.id)
            .join(CampaignMember, CampaignMember.comment_id == Comment.id)
            .where(CampaignMember.campaign_id == wish.campaign_id)
        )
        return _Course(
            parts=[part],
            key=[CampaignMember.comment_id],
            rest=[Comment.site_id.in_(sites), *_list_rest(wish, {"campaign"})],
        )
    return _plan_columns(wish, sites)


def _plan_words(
    session: Session, actor: Actor, wish: Wish, sites: Sequence[int]
) -> _Course:
    """Return the course by words; who may see e-mail addresses, finds by them, too."""
    terms = wish.terms
    if all(actor.may_see_contacts(site) for site in sites):
        terms = [
            replace(term, fields=(*term.fields, "email"))
            if len(term.fields) > 1
            else term
            for term in terms
        ]
    is_narrow = len(sites) <= MOST_MERGED_SITES
    place = Place(
        site_ids=sites if is_narrow else None,
        thread_id=wish.thread_id,
        network=wish.network,
    )
    rest = _list_rest(wish, {"thread", "network"})
    if not is_narrow:
        rest.append(Comment.site_id.in_(sites))
    return _Course(
        parts=[select_matches(session, terms, place)],
        key=[find_key(session)],
        rest=rest,
    )


def _plan_columns(wish: Wish, sites: Sequence[int]) -> _Course:
    """Return the course by the columns of one index, a part for each of its ranges."""
    statuses = [wish.status] if wish.status else list(Status)
    if len(sites) > MOST_MERGED_SITES:
        limits: list[Condition] = [Comment.site_id.in_(sites)]
    else:
        limits = [Comment.site_id == site for site in sites]
    by_status: list[Condition] = [Comment.status == status for status in statuses]
    email = wish.author or wish.email
    ranges: list[tuple[Condition, ...]]
    if email:
        used = {"email", "status"}
        mine = Comment.email == email
        ranges = [(limit, mine, status) for limit in limits for status in by_status]
    elif wish.thread_id is not None:
        used = {"thread", "status"}
        mine = Comment.thread_id == wish.thread_id
        visible = Comment.site_id.in_(sites)
        ranges = [(mine, status, visible) for status in by_status]
    elif wish.network:
        used = {"network"}
        ranges = [(limit, Comment.network == wish.network) for limit in limits]
    else:
        used = {"status"}
        ranges = [(limit, status) for limit in limits for status in by_status]
    days = _list_days(wish)
    return _Course(
        parts=[select(Comment.id).where(*range_, *days) for range_ in ranges],
        key=_BY_TIME,
        rest=_list_rest(wish, {*used, "days"}),
    )


def _list_rest(wish: Wish, used: set[str]) -> list[Condition]:
    """Return the conditions of a wish that are not `used` by where it begins."""
    rest: dict[str, list[Condition]] = {"days": _list_days(wish)}
    if wish.status:
        rest["status"] = [Comment.status == wish.status]
    if wish.author or wish.email:
        rest["email"] = [Comment.email == (wish.author or wish.email)]
    if wish.thread_id is not None:
        rest["thread"] = [Comment.thread_id == wish.thread_id]
    if wish.network:
        rest["network"] = [Comment.network == wish.network]
    if wish.campaign_id is not None:
        rest["campaign"] = [
            select(CampaignMember.comment_id)
            .where(
                CampaignMember.campaign_id == wish.campaign_id,
                CampaignMember.comment_id == Comment.id,
            )
            .exists()
        ]
    if wish.reason:
        rest["reason"] = [
            select(SignalEvidence.comment_id)
            .where(
                SignalEvidence.comment_id == Comment.id,
                SignalEvidence.name == wish.reason,
            )
            .exists()
        ]
    if wish.least is not None:
        rest["least"] = [Comment.score >= wish.least / 100]
    if wish.most is not None:
        rest["most"] = [Comment.score <= wish.most / 100]
    return [one for name, many in rest.items() if name not in used for one in many]


def _list_days(wish: Wish) -> list[Condition]:
    days: list[Condition] = []
    if wish.since:
        start = datetime.combine(wish.since, time(), UTC)
        days.append(Comment.created_at >= start)
    if wish.until:
        end = datetime.combine(wish.until + timedelta(days=1), time(), UTC)
        days.append(Comment.created_at < end)
    return days


def _find_bound(
    session: Session, course: _Course, after: Position | None
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
    course: _Course,
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


def _begin(course: _Course, after: Position | None) -> Sequence[Select[Any]]:
    if after is None:
        return course.parts
    return [
        part.where(_compare(course, after, is_before=True)) for part in course.parts
    ]


def _compare(course: _Course, position: Position, *, is_before: bool) -> Condition:
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
