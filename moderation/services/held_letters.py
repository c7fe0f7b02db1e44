"""Owns what moderators are told by mail of what waits: which comments, and when.

What is almost certainly spam is told to nobody; who may be in danger waits for no
digest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.statuses import Status
from moderation.services.digests import HeldLetter, make_letters, needs_care
from moderation.services.due_notices import (
    forget_decided,
    list_sites,
    list_waiting_for,
    select_due,
)
from moderation.services.moves import list_last_decisions
from moderation.services.notice_choices import (
    Recipient,
    forget_notices,
    forget_waiting,
    list_recipients,
)
from moderation.storage.models import Comment, Notice, WaitingNotice

# Enough to find what shares something; how many more there are is counted.
MOST_READ = 300
# So many of the oldest are looked at for those whose turn it is first.
MOST_SORTED = 5_000


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
    for site_id in list_sites(session):
        recipients = {
            row.moderator_id: row for row in list_recipients(session, site_id)
        }
        for moderator_id in list_waiting_for(session, site_id):
            to = recipients.get(moderator_id)
            due = None if to is None else select_due(session, to, site_id, at)
            if to is None or (due is not None and session.scalar(due.limit(1))):
                return True
    return False


def take_letters(session: Session, *, at: datetime) -> Iterator[HeldLetter]:
    """Yield the mails that are due; what they tell of is not told again."""
    forget_decided(session)
    for site_id in list_sites(session):
        recipients = {
            row.moderator_id: row for row in list_recipients(session, site_id)
        }
        for moderator_id in list_waiting_for(session, site_id):
            if moderator_id in recipients:
                to = recipients[moderator_id]
                for letter in _take_for(session, to, site_id, at):
                    yield replace(letter, whys=_list_whys(session, letter.comments))
            else:
                forget_waiting(session, moderator_id, site_id)


def _is_surely_spam(comment: Comment) -> bool:
    return comment.score > comment.site.spam_above and not needs_care(comment)


def _take_for(
    session: Session, to: Recipient, site_id: int, at: datetime
) -> Iterator[HeldLetter]:
    """Yield the mails to one moderator about one site, if they are due."""
    waiting = select_due(session, to, site_id, at)
    if waiting is None:
        return
    # What is noted or taken by another worker meanwhile is not among these.
    told = forget_notices(session, to.moderator_id, waiting)
    comments = _load(session, told)
    if comments:
        yield from make_letters(session, to, comments, total=len(told))


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


def _list_whys(session: Session, comments: Sequence[Comment]) -> Mapping[int, str]:
    last = list_last_decisions(session, [comment.id for comment in comments])
    return {decision.comment_id: decision.why for decision in last}
