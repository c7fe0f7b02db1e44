"""Owns what a mail about comments that wait has in it: one of them, or many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.campaigns import describe_campaign
from moderation.domain.notice_wishes import NoticePace
from moderation.domain.statuses import Status
from moderation.services.notice_choices import Recipient
from moderation.spam.care import CARE
from moderation.storage.models import Campaign, CampaignMember, Comment, Site

# More of them at once come in one mail.
MOST_SINGLE = 3
MOST_LISTED = 20
# So many that share something are told of in one line.
LEAST_SHARED = 3


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """Comments that belong together: how many, what they share, and where."""

    campaign_id: int
    words: str


@dataclass(frozen=True, kw_only=True)
class HeldLetter:
    """A mail to one moderator: the comments of a site that wait, signals loaded.

    `gatherings` are told of in a line each, `unlisted` is how many more there are,
    `total` how many in all, and `spam` how many wait besides that are almost certainly
    spam. `whys` has by comment why it was held. `is_single`: about one comment.
    """

    to: Recipient
    site: Site
    comments: Sequence[Comment]
    gatherings: Sequence[Gathering] = ()
    unlisted: int = 0
    total: int = 1
    spam: int = 0
    whys: Mapping[int, str] = field(default_factory=dict)
    is_single: bool = False


def make_letters(
    session: Session, to: Recipient, comments: Sequence[Comment], *, total: int
) -> Iterator[HeldLetter]:
    """Yield one mail for each comment, or one for many; who is in danger first."""
    urgent = [comment for comment in comments if needs_care(comment)]
    others = [comment for comment in comments if comment not in urgent]
    site = comments[0].site
    is_single = to.wish.pace is NoticePace.AT_ONCE and len(others) <= MOST_SINGLE
    single = [*urgent[:MOST_SINGLE], *(others if is_single else ())]
    for comment in single:
        yield HeldLetter(to=to, site=site, comments=[comment], is_single=True)
    if len(single) < len(comments):
        rest = [comment for comment in (*urgent, *others) if comment not in single]
        yield _make_digest(session, to, rest, total=total - len(single))


def needs_care(comment: Comment) -> bool:
    """Return whether who wrote a comment may be in danger."""
    return any(signal.name == CARE for signal in comment.signals)


def _make_digest(
    session: Session, to: Recipient, comments: Sequence[Comment], *, total: int
) -> HeldLetter:
    """Return a mail about many comments; `total` are those that were not read, too."""
    gatherings, gathered = _gather(session, comments)
    single = [comment for comment in comments if comment.id not in gathered]
    listed = single[:MOST_LISTED]
    return HeldLetter(
        to=to,
        site=comments[0].site,
        comments=listed,
        gatherings=gatherings,
        unlisted=total - len(gathered) - len(listed),
        total=total,
        spam=_count_spam(session, comments[0].site),
    )


def _gather(
    session: Session, comments: Sequence[Comment]
) -> tuple[Sequence[Gathering], set[int]]:
    """Return what some of the comments share, the most first, and which those are."""
    rows = session.execute(
        select(Campaign, CampaignMember.comment_id)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.comment_id.in_([comment.id for comment in comments]))
    ).all()
    members: dict[Campaign, set[int]] = {}
    for campaign, comment_id in rows:
        members.setdefault(campaign, set()).add(comment_id)
    found, gathered = [], set[int]()
    for campaign, ids in sorted(members.items(), key=lambda item: -len(item[1])):
        fresh = ids - gathered
        if len(fresh) >= LEAST_SHARED:
            gathered |= fresh
            words = describe_campaign(campaign.kind, campaign.key, len(fresh))
            found.append(Gathering(campaign_id=campaign.id, words=words))
    return found, gathered


def _count_spam(session: Session, site: Site) -> int:
    query = select(func.count()).where(
        Comment.site_id == site.id,
        Comment.status == Status.HELD,
        Comment.score > site.spam_above,
    )
    return session.scalar(query.select_from(Comment)) or 0
