"""Owns what moderators are told by mail of what waits: which comments, and when.

What is almost certainly spam is told to nobody; who may be in danger waits for no
digest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.campaigns import describe_campaign
from moderation.domain.notice_wishes import NoticePace
from moderation.domain.statuses import Status
from moderation.services.moves import list_last_decisions
from moderation.services.notice_choices import (
    Recipient,
    forget_notices,
    forget_waiting,
    list_recipients,
)
from moderation.spam.care import CARE
from moderation.storage.models import (
    Campaign,
    CampaignMember,
    Comment,
    Mail,
    Notice,
    SignalEvidence,
    Site,
    WaitingNotice,
)

# More of them at once come in one mail.
MOST_SINGLE = 3
MOST_LISTED = 20
# So that a flood of comments is no flood of mails: what is more comes with the next.
MOST_MAILS = 20
MAIL_HOURS = timedelta(hours=1)
# Who may be in danger is told of besides, but no more often than this: whoever knows
# the words could have as many mails sent as they like.
MOST_URGENT = 2 * MOST_MAILS
# Enough to find what shares something; how many more there are is counted.
MOST_READ = 300
# So many of the oldest are looked at for those whose turn it is first.
MOST_SORTED = 5_000
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


def hand_out(session: Session, notice: Notice, *, at: datetime) -> None:
    """Note for each moderator concerned that a comment is to be told of."""
    comment = session.get_one(Comment, notice.comment_id)
    session.delete(notice)
    if comment.status is not Status.HELD or _is_surely_spam(comment):
        return
    known = set(
        session.scalars(
            select(WaitingNotice.moderator_id).where(
                WaitingNotice.comment_id == comment.id
            )
        )
    )
    session.add_all(
        WaitingNotice(
            moderator_id=recipient.moderator_id, comment_id=comment.id, created_at=at
        )
        for recipient in list_recipients(session, comment.site_id)
        if recipient.moderator_id not in known
    )
    session.flush()


def has_letters(session: Session, *, at: datetime) -> bool:
    """Return whether it may be that a mail is due; nothing is written for that.

    While very many wait for their digest, that takes a while: nobody else should have
    to wait for it.
    """
    for site_id in _list_sites(session):
        recipients = {
            row.moderator_id: row for row in list_recipients(session, site_id)
        }
        for moderator_id in _list_waiting_for(session, site_id):
            to = recipients.get(moderator_id)
            due = None if to is None else _select_due(session, to, site_id, at)
            if to is None or (due is not None and session.scalar(due.limit(1))):
                return True
    return False


def take_letters(session: Session, *, at: datetime) -> Iterator[HeldLetter]:
    """Yield the mails that are due; what they tell of is not told again."""
    _forget_decided(session)
    for site_id in _list_sites(session):
        recipients = {
            row.moderator_id: row for row in list_recipients(session, site_id)
        }
        for moderator_id in _list_waiting_for(session, site_id):
            if moderator_id in recipients:
                to = recipients[moderator_id]
                for letter in _take_for(session, to, site_id, at):
                    yield replace(letter, whys=_list_whys(session, letter.comments))
            else:
                forget_waiting(session, moderator_id, site_id)


def _is_surely_spam(comment: Comment) -> bool:
    return comment.score > comment.site.spam_above and not _needs_care(comment)


def _needs_care(comment: Comment) -> bool:
    return any(signal.name == CARE for signal in comment.signals)


def _forget_decided(session: Session) -> None:
    held = select(Comment.id).where(
        Comment.id == WaitingNotice.comment_id, Comment.status == Status.HELD
    )
    session.execute(
        delete(WaitingNotice)
        .where(~held.exists())
        .execution_options(synchronize_session=False)
    )


def _list_sites(session: Session) -> Sequence[int]:
    return session.scalars(
        select(Comment.site_id)
        .join(WaitingNotice, WaitingNotice.comment_id == Comment.id)
        .distinct()
        .order_by(Comment.site_id)
    ).all()


def _list_waiting_for(session: Session, site_id: int) -> Sequence[int]:
    return session.scalars(
        select(WaitingNotice.moderator_id)
        .join(Comment, Comment.id == WaitingNotice.comment_id)
        .where(Comment.site_id == site_id)
        .distinct()
        .order_by(WaitingNotice.moderator_id)
    ).all()


def _take_for(
    session: Session, to: Recipient, site_id: int, at: datetime
) -> Iterator[HeldLetter]:
    """Yield the mails to one moderator about one site, if they are due."""
    waiting = _select_due(session, to, site_id, at)
    if waiting is None:
        return
    # What is noted or taken by another worker meanwhile is not among these.
    told = forget_notices(session, to.moderator_id, waiting)
    comments = _load(session, told)
    if comments:
        yield from _make_letters(session, to, comments, total=len(told))


def _select_due(
    session: Session, to: Recipient, site_id: int, at: datetime
) -> Select[int] | None:
    """Return the query for what is to be told now, None if nothing can be."""
    waiting = _select_waiting(to, site_id)
    total, first = session.execute(
        waiting.with_only_columns(func.count(), func.min(WaitingNotice.created_at))
    ).one()
    sent = _count_sent(session, to, at)
    if _is_due(to, total, first, at) and sent < MOST_MAILS:
        return waiting
    if sent >= MOST_URGENT:
        return None
    return waiting.where(Comment.signals.any(SignalEvidence.name == CARE))


def _make_letters(
    session: Session, to: Recipient, comments: Sequence[Comment], *, total: int
) -> Iterator[HeldLetter]:
    """Yield one mail for each comment, or one for many; who is in danger first."""
    urgent = [comment for comment in comments if _needs_care(comment)]
    others = [comment for comment in comments if comment not in urgent]
    site = comments[0].site
    is_single = to.wish.pace is NoticePace.AT_ONCE and len(others) <= MOST_SINGLE
    single = [*urgent[:MOST_SINGLE], *(others if is_single else ())]
    for comment in single:
        yield HeldLetter(to=to, site=site, comments=[comment], is_single=True)
    if len(single) < len(comments):
        rest = [comment for comment in (*urgent, *others) if comment not in single]
        yield _make_digest(session, to, rest, total=total - len(single))


def _select_waiting(to: Recipient, site_id: int) -> Select[int]:
    return (
        select(Comment.id)
        .join(WaitingNotice, WaitingNotice.comment_id == Comment.id)
        .where(
            WaitingNotice.moderator_id == to.moderator_id, Comment.site_id == site_id
        )
    )


def _load(session: Session, ids: Sequence[int]) -> Sequence[Comment]:
    """Return the comments, whose turn it is first; so many as a mail can use."""
    return session.scalars(
        select(Comment)
        .where(Comment.id.in_(sorted(ids)[:MOST_SORTED]))
        .options(
            joinedload(Comment.site),
            joinedload(Comment.thread),
            selectinload(Comment.signals),
        )
        .order_by(Comment.due_at, Comment.id)
        .limit(MOST_READ)
    ).all()


def _is_due(to: Recipient, total: int, first: datetime | None, at: datetime) -> bool:
    if to.wish.pace is NoticePace.AT_ONCE or first is None:
        return first is not None
    is_many = total >= to.wish.after_count
    return is_many or first + timedelta(hours=to.wish.after_hours) <= at


def _count_sent(session: Session, to: Recipient, at: datetime) -> int:
    """Return how many mails somebody was sent within the hour."""
    sent = session.scalar(
        select(func.count())
        .select_from(Mail)
        .where(Mail.recipient == to.email, Mail.created_at > at - MAIL_HOURS)
    )
    return sent or 0


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


def _list_whys(session: Session, comments: Sequence[Comment]) -> Mapping[int, str]:
    last = list_last_decisions(session, [comment.id for comment in comments])
    return {decision.comment_id: decision.why for decision in last}


def _count_spam(session: Session, site: Site) -> int:
    query = select(func.count()).where(
        Comment.site_id == site.id,
        Comment.status == Status.HELD,
        Comment.score > site.spam_above,
    )
    return session.scalar(query.select_from(Comment)) or 0
