"""Owns campaigns as moderators see them: listed, and looked into.

Every question reads a bounded number of rows, however large a campaign or a site.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, text, tuple_, union_all
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import NotFoundError
from moderation.services.access import Actor
from moderation.storage.models import Campaign, CampaignMember, Comment

PAGE_LENGTH = 20
MEMBERS_LENGTH = 100
# Of a campaign in the list, as many of the newest are looked at.
MOST_SHOWN = 20
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
    found = select_members(campaign.id, is_held=is_held).limit(length + 1)
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


def select_members(campaign_id: int, *, is_held: bool = True) -> Select[int]:
    """Return the query for the comments that wait, or the others, newest first."""
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
        select_members(campaign_id)
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


def _find_position(campaign: Campaign) -> CampaignPosition:
    return CampaignPosition(
        held=campaign.held, last_at=campaign.last_at, campaign_id=campaign.id
    )
