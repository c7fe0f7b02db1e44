"""Owns who belongs to which campaign, and the numbers of each, kept exact.

A comment joins when it arrives and stays. Which comments wait changes with their
status. Both happen in the transaction of what caused them, and cost the same whatever
the size of a campaign.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    bindparam,
    case,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.statuses import Status
from moderation.domain.urls import find_host
from moderation.spam.belonging import find_promoted
from moderation.spam.learning import find_fingerprint
from moderation.spam.submission import Submission
from moderation.storage.bulk import insert_rows
from moderation.storage.lookups import find_connection, look_up
from moderation.storage.models import Campaign, CampaignMember, Comment, Site
from moderation.storage.spelling import find_rows

Name = tuple[CampaignKind, str]

CHUNK = 500
# Campaigns that a post adds to, as a rule.
MOST_OF_POST = 8
# Composed once: that takes longer than to run it.
_FIND_TEXT = (
    select(Campaign.key)
    .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
    .where(
        CampaignMember.comment_id == bindparam("comment"),
        Campaign.kind == CampaignKind.TEXT,
    )
)


class Step(NamedTuple):
    """What is added to the numbers of a campaign."""

    members: int = 0
    held: int = 0


class Member(Protocol):
    """A stored comment, as campaigns see it."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def status(self) -> Status:
        """Where it stands."""

    @property
    def created_at(self) -> datetime:
        """When it came."""


def join_campaigns(
    session: Session,
    site: Site,
    comment: Comment,
    submission: Submission,
    *,
    twin: int | None = None,
) -> None:
    """Put a comment just stored into its campaigns; they are made if need be.

    `twin` is the id of the earlier comment most like it, None if there is none: the
    comment joins the campaign of that one's text, and of no other's. So a campaign
    does not grow together with its neighbours through a comment between them.
    """
    origins = [find_host(row.origin) for row in site.origins]
    joined = {
        (CampaignKind.DOMAIN, domain): [comment]
        for domain in find_promoted(submission, origins)
    }
    fingerprint = find_fingerprint(submission)
    if fingerprint:
        joined[CampaignKind.AUTHOR, fingerprint] = [comment]
    if twin is not None:
        name, members = _find_text(session, comment, twin)
        joined[name] = members
    _add_members(session, comment.site_id, joined)


def join_together(
    session: Session, site_id: int, joined: Mapping[Name, Sequence[Member]]
) -> None:
    """Put many comments just stored into the campaigns of their domains and authors."""
    _add_members(session, site_id, joined)


def note_moves(session: Session, statuses: Mapping[int, Status]) -> None:
    """Note where comments stand now, by id: count those that wait.

    The comments are locked by the caller, who changes no other comment afterwards.
    """
    steps: Counter[int] = Counter()
    for is_held, step in ((True, 1), (False, -1)):
        moved = [
            comment_id
            for comment_id, status in statuses.items()
            if (status is Status.HELD) is is_held
        ]
        for campaign_id in _mark_members(session, moved, is_held=is_held):
            steps[campaign_id] += step
    _add_steps(session, {id_: Step(held=n) for id_, n in steps.items() if n})


def leave_campaigns(session: Session, comment_ids: Sequence[int]) -> None:
    """Take comments out of all campaigns, before they are deleted."""
    gone: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for start in range(0, len(comment_ids), CHUNK):
        rows = session.execute(
            delete(CampaignMember)
            .where(CampaignMember.comment_id.in_(comment_ids[start : start + CHUNK]))
            .returning(CampaignMember.campaign_id, CampaignMember.is_held)
            .execution_options(synchronize_session=False)
        )
        for campaign_id, is_held in rows:
            gone[campaign_id] += 1
            held[campaign_id] += is_held
    steps = {id_: Step(members=-gone[id_], held=-held[id_]) for id_ in gone}
    _add_steps(session, steps)


def find_text_key(session: Session, comment_id: int) -> str | None:
    """Return the key of the campaign a comment's text belongs to, None if to none."""
    found = look_up(session, _FIND_TEXT, {"comment": comment_id})
    return found[0].key if found else None


def _find_text(
    session: Session, comment: Comment, twin: int
) -> tuple[Name, list[Comment]]:
    """Return the name of a twin's campaign, and who joins: the twin, too, if new."""
    key = find_text_key(session, twin)
    if key is not None:
        return (CampaignKind.TEXT, key), [comment]
    # Locked, so that it is counted as it stands when this is committed.
    first = session.get_one(Comment, twin, with_for_update=True)
    # Somebody else may have made its campaign while this waited for the lock.
    key = find_text_key(session, twin)
    if key is not None:
        return (CampaignKind.TEXT, key), [comment]
    return (CampaignKind.TEXT, str(first.id)), [first, comment]


def _add_members(
    session: Session, site_id: int, joined: Mapping[Name, Sequence[Member]]
) -> None:
    """Add comments to campaigns of a site, in order: two that do wait, not lock up."""
    if not joined:
        return
    rows = [_make_row(site_id, name, joined[name]) for name in sorted(joined)]
    campaigns = _make_campaigns(find_connection(session), rows)
    members = [
        {
            "campaign_id": row.id,
            "comment_id": member.id,
            "is_held": member.status is Status.HELD,
        }
        for row in campaigns
        for member in joined[row.kind, row.key]
    ]
    insert_rows(session, CampaignMember, members)


def _make_campaigns(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Any]:
    """Make campaigns or add to them, in order, and return the id and name of each."""
    upsert = _compose_upsert(connection.dialect.name)
    if len(rows) > MOST_OF_POST:
        # In a few statements, as they come with an import.
        return connection.execute(upsert, rows).all()
    return [row for given in rows for row in find_rows(connection, upsert, given)]


def _make_row(site_id: int, name: Name, members: Sequence[Member]) -> Mapping[str, Any]:
    kind, key = name
    arrivals = [member.created_at for member in members]
    return {
        "site_id": site_id,
        "kind": kind,
        "key": key,
        "members": len(members),
        "held": sum(member.status is Status.HELD for member in members),
        "first_at": min(arrivals),
        "last_at": max(arrivals),
    }


@lru_cache(maxsize=2)
def _compose_upsert(database: str) -> Insert:
    """Return what makes campaigns or adds to them; imports come in any order of time.

    The two databases have no word in common for the lesser of two values.
    """
    make = sqlite.insert if database == "sqlite" else postgresql.insert
    table = Campaign.__table__
    assert isinstance(table, Table)  # noqa: S101 for mypy: our models are tables
    statement = make(table)
    old, new = Campaign, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[old.site_id, old.kind, old.key],
        set_={
            "members": old.members + new.members,
            "held": old.held + new.held,
            "first_at": case(
                (new.first_at < old.first_at, new.first_at), else_=old.first_at
            ),
            "last_at": case(
                (new.last_at > old.last_at, new.last_at), else_=old.last_at
            ),
        },
    ).returning(Campaign.id, Campaign.kind, Campaign.key)


def _mark_members(
    session: Session, comment_ids: Sequence[int], *, is_held: bool
) -> Iterable[int]:
    """Mark comments as waiting or not, and yield a campaign for each that changed."""
    for start in range(0, len(comment_ids), CHUNK):
        yield from session.scalars(
            update(CampaignMember)
            .where(
                CampaignMember.comment_id.in_(comment_ids[start : start + CHUNK]),
                CampaignMember.is_held.is_not(is_held),
            )
            .values(is_held=is_held)
            .returning(CampaignMember.campaign_id)
            .execution_options(synchronize_session=False)
        )


def _add_steps(session: Session, steps: Mapping[int, Step]) -> None:
    """Add to the numbers of campaigns, locked in order of name."""
    ids = list(steps)
    locked: list[int] = []
    for start in range(0, len(ids), CHUNK):
        locked += session.scalars(
            select(Campaign.id)
            .where(Campaign.id.in_(ids[start : start + CHUNK]))
            .order_by(Campaign.kind, Campaign.key)
            .with_for_update()
        )
    if locked:
        session.connection().execute(
            update(Campaign.__table__)  # type: ignore[arg-type]
            .where(Campaign.__table__.c.id == bindparam("campaign"))
            .values(
                members=Campaign.__table__.c.members + bindparam("members_step"),
                held=Campaign.__table__.c.held + bindparam("held_step"),
            ),
            [
                {
                    "campaign": id_,
                    "members_step": steps[id_].members,
                    "held_step": steps[id_].held,
                }
                for id_ in locked
            ],
        )
