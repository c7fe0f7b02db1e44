"""Owns campaigns as moderators see them: listed, looked into, decided on as one.

Every question reads a bounded number of rows, however large a campaign or a site.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, Select, exists, func, select, text, tuple_, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.statuses import MOVES, Action, Status
from moderation.services.access import Actor, require_decider
from moderation.services.moves import MOST_AT_ONCE, Outcome, list_last_decisions
from moderation.services.reviews import decide_all, lock_listed
from moderation.spam.care import CARE
from moderation.storage.models import (
    Campaign,
    CampaignMember,
    Comment,
    Decision,
    SignalEvidence,
)

PAGE_LENGTH = 20
MEMBERS_LENGTH = 100
# Of a campaign in the list, as many of the newest are looked at.
MOST_SHOWN = 20
MOST_PREVIEWED = 500
# More than this takes so long that other writers would give up.
MOST_DECIDED = 10_000
# Rather honest than not: scores are probabilities.
HONEST_BELOW = 0.5
NOTHING_LEFT = (
    "Nothing is selected that still waits and can be decided on together. Open the "
    "list again."
)

# These are read one by one.
_NEEDS_CARE = exists().where(
    SignalEvidence.comment_id == CampaignMember.comment_id, SignalEvidence.name == CARE
)
# Written out, not as a parameter: else the index of just these would not serve.
_WAITS = text("campaigns.held > 1")


@dataclass(frozen=True, kw_only=True)
class CampaignPosition:
    """Where a page of campaigns begins: behind this one."""

    held: int
    last_at: datetime
    campaign_id: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A campaign and the newest of its comments that wait, at most `MOST_SHOWN`."""

    campaign: Campaign
    newest: Sequence[Comment]


@dataclass(frozen=True, kw_only=True)
class CampaignPage:
    """A page of campaigns, and where the next begins (None: there is none)."""

    overviews: Sequence[Overview]
    next: CampaignPosition | None


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """Comments of a campaign, and the id behind which the next page begins."""

    comments: Sequence[Comment]
    next: int | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a decision on all that waits would be about.

    `held` is exact; the rest is of the newest `looked_at` of these: in how many
    `networks` they were written (0 if that is not known), their `lowest`, `mean` and
    `highest` score, how many score as honest, and how many are by authors of an
    approved comment. `seen` is what to decide by: whatever happens to a comment later
    than this is not covered.
    """

    held: int
    looked_at: int
    networks: int
    lowest: float
    mean: float
    highest: float
    honest: int
    by_known_authors: int
    seen: int


def list_campaigns(
    session: Session,
    actor: Actor,
    *,
    after: CampaignPosition | None = None,
    length: int = PAGE_LENGTH,
) -> CampaignPage:
    """Return a page of the campaigns in which two comments or more wait.

    Those of the actor's sites, the largest first. The site is loaded with them.
    """
    place = (Campaign.held, Campaign.last_at, Campaign.id)
    found = (
        select(Campaign)
        .where(_WAITS, actor.limit_sites(Campaign.site_id))
        .options(joinedload(Campaign.site))
        .order_by(*(column.desc() for column in place))
        .limit(length + 1)
    )
    if after is not None:
        there = tuple_(after.held, after.last_at, after.campaign_id)
        found = found.where(tuple_(*place) < there)
    campaigns = session.scalars(found).all()
    newest = _read_newest(session, [campaign.id for campaign in campaigns[:length]])
    return CampaignPage(
        overviews=[
            Overview(campaign=campaign, newest=newest[campaign.id])
            for campaign in campaigns[:length]
        ],
        next=_find_position(campaigns[length - 1]) if len(campaigns) > length else None,
    )


def find_campaign(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """Return a campaign, its site loaded.

    :raises NotFoundError: if there is none, or it is not the actor's to see, or it has
        but one comment.
    """
    campaign = session.scalar(
        select(Campaign)
        .where(
            Campaign.id == campaign_id,
            Campaign.members > 1,
            actor.limit_sites(Campaign.site_id),
        )
        .options(joinedload(Campaign.site))
    )
    if campaign is None:
        raise NotFoundError("There is no such campaign, or it is not yours to see.")
    return campaign


def find_campaigns(
    session: Session, comment_ids: Collection[int]
) -> Mapping[int, Sequence[Campaign]]:
    """Return by comment the campaigns it shares with others, the largest first.

    The comments are those the caller may see. One query; a comment is in ten campaigns
    at most.
    """
    rows = session.execute(
        select(CampaignMember.comment_id, Campaign)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(CampaignMember.comment_id.in_(comment_ids), Campaign.members > 1)
        .order_by(Campaign.held.desc(), Campaign.members.desc(), Campaign.id)
    )
    found: defaultdict[int, list[Campaign]] = defaultdict(list)
    for comment_id, campaign in rows:
        found[comment_id].append(campaign)
    return found


def list_members(
    session: Session,
    actor: Actor,
    campaign_id: int,
    *,
    is_held: bool = True,
    after: int | None = None,
    length: int = MEMBERS_LENGTH,
) -> MemberPage:
    """Return a page of the comments that wait, or of the others, newest first.

    :raises NotFoundError: as `find_campaign`.
    """
    campaign = find_campaign(session, actor, campaign_id)
    found = _select_members(campaign.id, is_held=is_held).limit(length + 1)
    if after is not None:
        found = found.where(CampaignMember.comment_id < after)
    ids = session.scalars(found).all()
    shown = ids[:length]
    comments = session.scalars(
        select(Comment)
        .where(Comment.id.in_(shown))
        .options(joinedload(Comment.thread))
        .order_by(Comment.id.desc())
    ).all()
    return MemberPage(comments=comments, next=shown[-1] if len(ids) > length else None)


def preview_campaign(session: Session, actor: Actor, campaign_id: int) -> Preview:
    """Return what deciding on all that waits would be about.

    :raises NotFoundError: as `find_campaign`.
    """
    campaign = find_campaign(session, actor, campaign_id)
    approved = aliased(Comment)
    is_known = exists().where(
        approved.site_id == Comment.site_id,
        approved.email == Comment.email,
        approved.name == Comment.name,
        approved.status == Status.APPROVED,
    )
    newest = _select_members(campaign.id).limit(MOST_PREVIEWED).subquery()
    rows = session.execute(
        select(Comment.score, Comment.network, is_known.label("is_known")).where(
            Comment.id.in_(select(newest.c.comment_id))
        )
    ).all()
    scores = [row.score for row in rows] or [0.0]
    return Preview(
        held=campaign.held,
        looked_at=len(rows),
        networks=len({row.network for row in rows} - {""}),
        lowest=min(scores),
        mean=sum(scores) / len(scores),
        highest=max(scores),
        honest=sum(row.score < HONEST_BELOW for row in rows),
        by_known_authors=sum(row.is_known for row in rows),
        seen=session.scalar(select(func.max(Decision.id))) or 0,
    )


def decide_campaign(
    session: Session,
    actor: Actor,
    campaign_id: int,
    action: Action,
    *,
    seen: int,
    without: Collection[int] = (),
    why: str = "",
) -> Outcome:
    """Do `action` to the comments of a campaign that wait, as one batch.

    Only to those on which nothing has happened since `seen`, the last decision when
    the actor looked (an arrival is one): what came later goes on waiting, and what
    others have decided meanwhile is left alone and reported. `without` are left out,
    and so is what a person is to read first: its author may be in danger.
    Of more than `MOST_DECIDED` the oldest are decided on.

    :raises InvalidInputError: if the action is none on what waits, or nothing is left
        that was seen, and nobody has decided on it.
    :raises NotFoundError: as `find_campaign`.
    :raises NotAllowedError: if the actor may not decide on the site.
    """
    campaign = find_campaign(session, actor, campaign_id)
    require_decider(actor, campaign.site_id)
    if action not in MOVES[Status.HELD]:
        raise InvalidInputError({"action": ["All of these wait already."]})
    ids = lock_listed(session, lambda: _list_seen(session, campaign.id, seen=seen))
    chosen = [comment_id for comment_id in ids if comment_id not in set(without)]
    stale = _list_taken(session, campaign.id, seen=seen, without=without)
    if not (chosen or stale):
        raise InvalidInputError({"comment": [NOTHING_LEFT]})
    outcome = decide_all(session, actor, chosen, action, why=why)
    return Outcome(
        batch=outcome.batch,
        decided=outcome.decided,
        stale=[*outcome.stale, *stale],
    )


def _select_members(campaign_id: int, *, is_held: bool = True) -> Select[int]:
    held = CampaignMember.is_held
    return (
        select(CampaignMember.comment_id)
        .where(CampaignMember.campaign_id == campaign_id, held if is_held else ~held)
        .order_by(CampaignMember.comment_id.desc())
    )


def _read_newest(
    session: Session, campaign_ids: Sequence[int]
) -> Mapping[int, Sequence[Comment]]:
    """Return by campaign the newest comments that wait, in one query."""
    newest: defaultdict[int, list[Comment]] = defaultdict(list)
    if not campaign_ids:
        return newest
    # Each campaign has its part of an index; looked for together they would not use it.
    parts = [
        _select_members(campaign_id)
        .add_columns(CampaignMember.campaign_id)
        .limit(MOST_SHOWN)
        .subquery()
        for campaign_id in campaign_ids
    ]
    found = union_all(*(select(part) for part in parts)).subquery()
    rows = session.execute(
        select(found.c.campaign_id, Comment)
        .join(Comment, Comment.id == found.c.comment_id)
        .order_by(Comment.id.desc())
    )
    for campaign_id, comment in rows:
        newest[campaign_id].append(comment)
    return newest


def _list_seen(session: Session, campaign_id: int, *, seen: int) -> Sequence[int]:
    """Return what waits and has not changed since, the oldest first."""
    return session.scalars(
        select(CampaignMember.comment_id)
        .where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.is_held,
            ~_has_changed(seen),
            ~_NEEDS_CARE,
        )
        .order_by(CampaignMember.comment_id)
        .limit(MOST_DECIDED)
    ).all()


def _list_taken(
    session: Session, campaign_id: int, *, seen: int, without: Collection[int]
) -> Sequence[Decision]:
    """Return the last decisions on what waited then and was decided on since."""
    taken = session.scalars(
        select(Decision.comment_id)
        .join(CampaignMember, CampaignMember.comment_id == Decision.comment_id)
        .where(
            Decision.id > seen,
            Decision.from_status == Status.HELD,
            CampaignMember.campaign_id == campaign_id,
            Decision.comment_id.not_in(without),
        )
        .distinct()
        .limit(MOST_AT_ONCE)
    ).all()
    return list_last_decisions(session, taken)


def _has_changed(seen: int) -> Exists:
    return exists().where(
        Decision.comment_id == CampaignMember.comment_id, Decision.id > seen
    )


def _find_position(campaign: Campaign) -> CampaignPosition:
    return CampaignPosition(
        held=campaign.held, last_at=campaign.last_at, campaign_id=campaign.id
    )
