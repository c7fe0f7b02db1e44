"""Owns the lists moderators work through, page by page.

Every list is read from an index that has its order, site by site: what a page costs
depends on its length and the number of sites, not on how much waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Session,
    defer,
    joinedload,
    selectinload,
)

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.services.access import ALL_SITES, Actor
from moderation.storage.models import Audit, Comment, Note, SignalEvidence, Site
from moderation.storage.models.comment import IS_WAITING

PAGE_LENGTH = 40
# Numbers of tabs are counted no further: a glance wants to know few from many.
MOST_COUNTED = 1_000
MOST_NEWS = 100
# For more sites than this, one search through all of them: SQLite takes 500 selects.
MOST_MERGED_SITES = 100
# What a moderator sees of a comment: read with it, not one by one.
LISTED = (
    joinedload(Comment.site),
    joinedload(Comment.thread),
    joinedload(Comment.parent).load_only(Comment.name, Comment.status, Comment.body),
    joinedload(Comment.note).joinedload(Note.moderator),
)
SHOWN = (*LISTED, selectinload(Comment.signals))
# What no list shows, and takes long to read.
UNLISTED = (defer(Comment.html), defer(Comment.inputs), defer(Comment.user_agent))


class Evidence(Protocol):
    """A signal as it was stored."""

    @property
    def name(self) -> str:
        """Which one it is."""

    @property
    def weight(self) -> float:
        """Its weight in log-odds."""

    @property
    def reason(self) -> str:
        """What it found, in words."""

    @property
    def spans(self) -> Sequence[Sequence[Any]]:
        """Where: field, start and end of each."""


class Order(StrEnum):
    """How a list is sorted: by whose turn it is (held comments only), or by time."""

    TURN = "turn"
    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a page of a list begins: behind this comment. No offset is counted.

    `moment` is what the list is sorted by: when the comment came, or its turn.
    """

    moment: datetime
    comment_id: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of comments, and where the next begins (None: there is none).

    `signals` has those of each comment, by its id.
    """

    comments: Sequence[Comment]
    signals: Mapping[int, Sequence[Evidence]]
    next: Position | None


def find_order(status: Status) -> Order:
    """Return how the comments with a status are sorted if nothing is said.

    Held ones by whose turn it is; of decided ones the last is looked up first.
    """
    return Order.TURN if status is Status.HELD else Order.NEWEST


def list_comments(
    session: Session,
    actor: Actor,
    *,
    status: Status,
    order: Order | None = None,
    after: Position | None = None,
    length: int = PAGE_LENGTH,
) -> Page:
    """Return a page of the comments with a status on the actor's sites.

    Among held comments stand those of the audit sample that nobody has checked. Site,
    thread, parent and note are loaded with them.
    """
    order = order or find_order(status)
    key = Comment.due_at if order is Order.TURN else Comment.created_at
    sites = list_sites(session, actor)
    if not sites:
        return Page(comments=(), signals={}, next=None)
    place = (key, Comment.id)
    ordered = [c.desc() for c in place] if order is Order.NEWEST else list(place)
    comments = session.scalars(
        select(Comment)
        .where(Comment.id.in_(_find_ids(sites, status, order, after, length + 1)))
        .options(*LISTED, *UNLISTED)
        .order_by(*ordered)
        .limit(length + 1)
    ).all()
    shown = comments[:length]
    return Page(
        comments=shown,
        signals=_read_signals(session, [comment.id for comment in shown]),
        next=_find_position(shown[-1], key) if len(comments) > length else None,
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

    Counted no further than `MOST_COUNTED`. Those of the audit sample that nobody has
    checked count as held ones, too.
    """
    numbers = [
        select(func.count())
        .select_from(
            select(literal(1).label("one"))
            .select_from(Comment)
            .where(_limit_sites(actor), _list_kinds(status, Order.TURN)[0])
            .limit(MOST_COUNTED)
            .subquery()
        )
        .scalar_subquery()
        .label(status)
        for status in Status
    ]
    row = session.execute(select(*numbers)).one()
    return dict(zip(Status, row, strict=True))


def find_newest(session: Session) -> int:
    """Return the id of the comment that came last, whosever it is; 0 for none."""
    return session.scalar(select(func.max(Comment.id))) or 0


def count_news(session: Session, actor: Actor, *, since: int) -> int:
    """Return how many comments that wait now came after the comment `since`.

    Counted no further than `MOST_NEWS`.
    """
    found = (
        select(literal(1).label("one"))
        .select_from(Comment)
        .where(
            Comment.id > since,
            # Not the column itself: else SQLite goes through all that waits.
            or_(
                func.coalesce(Comment.status, Status.SPAM) == Status.HELD,
                Comment.audit == Audit.OPEN,
            ),
            actor.limit_sites(Comment.site_id),
        )
        .limit(MOST_NEWS)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _read_signals(
    session: Session, comment_ids: Sequence[int]
) -> Mapping[int, Sequence[Evidence]]:
    """Return the signals of each comment, as rows: of objects there would be 600."""
    signals: dict[int, list[Evidence]] = {id_: [] for id_ in comment_ids}
    rows = session.execute(
        select(
            SignalEvidence.comment_id,
            SignalEvidence.name,
            SignalEvidence.weight,
            SignalEvidence.reason,
            SignalEvidence.spans,
        )
        .where(SignalEvidence.comment_id.in_(comment_ids))
        .order_by(SignalEvidence.comment_id, SignalEvidence.position)
    )
    for row in rows:
        signals[row.comment_id].append(row)
    return signals


def list_sites(session: Session, actor: Actor) -> Sequence[int]:
    """Return the ids of all sites the actor may see."""
    if ALL_SITES in actor.roles:
        return session.scalars(select(Site.id).order_by(Site.id)).all()
    return [site for site in actor.roles if site is not None]


def _find_ids(
    sites: Sequence[int],
    status: Status,
    order: Order,
    after: Position | None,
    length: int,
) -> CompoundSelect[int]:
    """Return the query for the first ids of each site and kind."""
    if len(sites) > MOST_MERGED_SITES:
        limits: list[ColumnElement[bool]] = [Comment.site_id.in_(sites)]
    else:
        limits = [Comment.site_id == site for site in sites]
    parts = _list_parts(limits, _list_kinds(status, order), order, after)
    return union_all(*(select(part.limit(length).subquery().c.id) for part in parts))


def _list_parts(
    limits: Sequence[ColumnElement[bool]],
    kinds: Sequence[ColumnElement[bool]],
    order: Order,
    after: Position | None,
) -> Iterator[Select[int]]:
    """Yield a query for each site and kind; looked for together none has an index."""
    key = Comment.due_at if order is Order.TURN else Comment.created_at
    is_newest_first = order is Order.NEWEST
    columns = [c.desc() if is_newest_first else c for c in (key, Comment.id)]
    for limit in limits:
        for kind in kinds:
            part = select(Comment.id).where(limit, kind).order_by(*columns)
            if after is not None:
                here = tuple_(key, Comment.id)
                there = tuple_(after.moment, after.comment_id)
                part = part.where(here < there if is_newest_first else here > there)
            yield part


def _list_kinds(status: Status, order: Order) -> Sequence[ColumnElement[bool]]:
    if status is not Status.HELD:
        return [Comment.status == status]
    if order is Order.TURN:
        return [IS_WAITING]
    return [Comment.status == Status.HELD, Comment.audit == Audit.OPEN]


def _limit_sites(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on the site, named even if it is any: indexes begin so."""
    if ALL_SITES in actor.roles:
        return Comment.site_id.in_(select(Site.id))
    return actor.limit_sites(Comment.site_id)


def _find_position(comment: Comment, key: InstrumentedAttribute[datetime]) -> Position:
    return Position(moment=getattr(comment, key.key), comment_id=comment.id)
