"""Owns the log of a site: what people changed, and what they decided, newest first.

Decisions made in one action are one entry. What is read is bounded, however much was
decided: the entries of one page come from the last `MOST_READ` decisions before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Subquery, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from moderation.domain.statuses import Status
from moderation.services.access import Actor, find_visible_site
from moderation.storage.models import (
    Comment,
    Decision,
    Membership,
    Moderator,
    Site,
    SiteChange,
)

ENTRIES_SHOWN = 50
MOST_READ = 10_000


class Kind(StrEnum):
    """What an entry of the log tells of."""

    CHANGE = "change"
    DECISION = "decision"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that somebody did at a moment.

    A change has its `text`. A decision has its `status`, and how many comments went
    there; `comment_id` is the last of them. `moderator` is None if it was done by
    command or the moderator is gone.
    """

    kind: Kind
    at: datetime
    moderator: Moderator | None
    is_by_command: bool = False
    text: str = ""
    status: Status | None = None
    number: int = 0
    comment_id: int | None = None
    is_undoing: bool = False


@dataclass(frozen=True, kw_only=True)
class Log:
    """A page of entries; `next` is the moment the next page begins before.

    `site` is whose log it is. `has_changes`: these may be seen, too.
    """

    site: Site
    entries: Sequence[Entry]
    next: datetime | None
    has_changes: bool


def read_log(
    session: Session,
    actor: Actor,
    site_key: str,
    *,
    kind: Kind | None = None,
    moderator_id: int | None = None,
    before: datetime | None = None,
    length: int = ENTRIES_SHOWN,
) -> Log:
    """Return a page of a site's log: all of it to owners, decisions to others.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    has_changes = actor.is_owner(site.id)
    entries: list[Entry] = []
    is_cut = False
    if has_changes and kind is not Kind.DECISION:
        entries += _list_changes(session, site, moderator_id, before, length + 1)
    if kind is not Kind.CHANGE:
        found, is_cut = _list_decisions(session, site, moderator_id, before, length + 1)
        entries += found
    entries.sort(key=lambda entry: entry.at, reverse=True)
    has_more = len(entries) > length or (is_cut and bool(entries))
    shown = entries[:length]
    return Log(
        site=site,
        entries=shown,
        next=shown[-1].at if has_more else None,
        has_changes=has_changes,
    )


def list_people(session: Session, site: Site) -> Mapping[int, str]:
    """Return who has a role on a site: e-mail address by id."""
    rows = session.execute(
        select(Moderator.id, Moderator.email)
        .join(Membership)
        .where(or_(Membership.site_id == site.id, Membership.site_id.is_(None)))
        .order_by(Moderator.email)
    )
    return {row[0]: row[1] for row in rows}


def _list_changes(
    session: Session,
    site: Site,
    moderator_id: int | None,
    before: datetime | None,
    length: int,
) -> list[Entry]:
    query = (
        select(SiteChange)
        .where(SiteChange.site_id == site.id)
        .options(joinedload(SiteChange.moderator))
        .order_by(SiteChange.id.desc())
        .limit(length)
    )
    if moderator_id is not None:
        query = query.where(SiteChange.moderator_id == moderator_id)
    if before is not None:
        query = query.where(SiteChange.created_at < before)
    return [
        Entry(
            kind=Kind.CHANGE,
            at=change.created_at,
            moderator=change.moderator,
            is_by_command=change.is_by_command,
            text=change.text,
        )
        for change in session.scalars(query)
    ]


def _list_decisions(
    session: Session,
    site: Site,
    moderator_id: int | None,
    before: datetime | None,
    length: int,
) -> tuple[list[Entry], bool]:
    """Return the last actions, and whether older ones were left unread."""
    last = _select_last(before).subquery()
    query = _group_actions(last, site, moderator_id).limit(length)
    rows = session.execute(query).all()
    people = {row[1] for row in rows}
    known = {
        moderator.id: moderator
        for moderator in session.scalars(
            select(Moderator).where(Moderator.id.in_(people))
        )
    }
    entries = [
        Entry(
            kind=Kind.DECISION,
            at=at,
            moderator=known.get(who or 0),
            status=status,
            number=number,
            comment_id=comment_id,
            is_undoing=undoes is not None,
        )
        for at, who, status, number, comment_id, undoes in rows
    ]
    read = session.scalar(select(func.count()).select_from(last)) or 0
    return entries, read == MOST_READ


def _group_actions(
    last: Subquery, site: Site, moderator_id: int | None
) -> Select[*tuple[Any, ...]]:
    """Return the query for the actions that decisions were made in, newest first."""
    one = aliased(Decision, last)
    first_at = func.min(one.created_at)
    query = (
        select(
            first_at,
            one.moderator_id,
            one.to_status,
            func.count(),
            func.max(one.comment_id),
            func.max(one.undoes_id),
        )
        .join(Comment, Comment.id == one.comment_id)
        # Not by the index of sites: SQLite would begin with all comments of this one.
        .where(Comment.site_id + 0 == site.id)
        .group_by(one.batch, one.moderator_id, one.to_status)
        .order_by(first_at.desc())
    )
    if moderator_id is not None:
        query = query.where(one.moderator_id == moderator_id)
    return query


def _select_last(before: datetime | None) -> Select[Decision]:
    """Return the query for the last decisions that people made, on any site."""
    query = (
        select(Decision)
        .where(Decision.moderator_id.is_not(None))
        .order_by(Decision.created_at.desc(), Decision.id.desc())
        .limit(MOST_READ)
    )
    return query if before is None else query.where(Decision.created_at < before)
