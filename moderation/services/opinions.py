"""Owns outside opinions on comments: wanted before publishing, and asked for.

A comment that the filter would publish is held until an answer came. The worker asks
(`moderation.delivery.opinions`); what it was answered is one more signal
(`opinion_replies`). Without an answer the comment goes on being held: for a moderator,
as any other.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, joinedload

from moderation.domain.pace import Pace
from moderation.domain.statuses import Status
from moderation.services.comment_notices import note_held
from moderation.spam.pipeline import Judgement
from moderation.spam.signal import Signal
from moderation.spam.verdict import Verdict
from moderation.storage.lookups import look_up
from moderation.storage.models import Adviser, Comment, OpinionRequest
from moderation.storage.session import announce_work

# What the worker is told.
OPINIONS = "opinions"
# The signal.
OUTSIDE = "outside_opinion"
LEASE_BYTES = 12
# Sites that are asked for in one go, each for one comment: nobody waits for long behind
# a classifier that hangs.
MOST_SITES = 4
PACE = Pace(
    delays=(timedelta(), timedelta(seconds=10), timedelta(seconds=60)),
    lease=timedelta(seconds=60),
    most_seconds=2.0,
)
# Composed once: that takes longer than to run it.
_FIND_ASKED = select(Adviser.site_id).where(
    Adviser.site_id == bindparam("site"), Adviser.is_on
)
WAITING = Signal(name=OUTSIDE, weight=0.0, reason="It waits for an outside opinion.")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A comment that nobody else asks about until the lease ends.

    Thread and site of `comment` are loaded. `adviser` is None if nobody is to be asked
    any more.
    """

    comment: Comment
    version: int
    lease: str
    adviser: Adviser | None


def hold_for_opinion(
    session: Session, site_id: int, judgement: Judgement, verdict: Verdict
) -> tuple[Judgement, Verdict]:
    """Return what to do first: hold what would be published, if somebody is asked.

    What an owner's rule lets in is published on the owner's word.
    """
    if verdict is not Verdict.PUBLISH or judgement.rule is not None:
        return judgement, verdict
    if not look_up(session, _FIND_ASKED, {"site": site_id}):
        return judgement, verdict
    return replace(judgement, signals=(WAITING, *judgement.signals)), Verdict.HOLD


def note_held_or_ask(session: Session, comment: Comment, judgement: Judgement) -> None:
    """Note whom a comment waits for, if it does: an opinion, or else a moderator."""
    if not any(signal.name == OUTSIDE for signal in judgement.signals):
        note_held(session, comment)
        return
    session.add(
        OpinionRequest(
            comment_id=comment.id, site_id=comment.site_id, version=comment.version
        )
    )
    session.flush()
    announce_work(session, OPINIONS)


def drop_request(session: Session, comment: Comment) -> bool:
    """Ask nothing about a comment any more; return whether it was to be asked."""
    request = session.get(OpinionRequest, comment.id)
    if request is None:
        return False
    session.delete(request)
    session.flush()
    return True


def is_question_due(session: Session, *, at: datetime) -> bool:
    """Return whether there is something to ask."""
    due = select(OpinionRequest.comment_id).where(OpinionRequest.next_at <= at)
    return session.scalar(due.limit(1)) is not None


def claim_questions(
    session: Session, *, at: datetime, pace: Pace = PACE
) -> Sequence[Question]:
    """Take what is to be asked, the oldest of each site. Commit before asking."""
    due = (
        select(func.min(OpinionRequest.comment_id))
        .where(OpinionRequest.next_at <= at)
        .group_by(OpinionRequest.site_id)
        .order_by(func.min(OpinionRequest.next_at))
        .limit(MOST_SITES)
    )
    lease = secrets.token_urlsafe(LEASE_BYTES)
    taken = session.execute(
        update(OpinionRequest)
        .where(
            OpinionRequest.comment_id.in_(session.scalars(due).all()),
            OpinionRequest.next_at <= at,
        )
        .values(lease=lease, next_at=at + pace.lease, tries=OpinionRequest.tries + 1)
        .returning(OpinionRequest.comment_id, OpinionRequest.version)
        .execution_options(synchronize_session=False)
    ).all()
    comments = session.scalars(
        select(Comment)
        .where(Comment.id.in_([row.comment_id for row in taken]))
        .options(joinedload(Comment.site), joinedload(Comment.thread))
    ).all()
    by_id = {comment.id: comment for comment in comments}
    return [
        Question(
            comment=by_id[row.comment_id],
            version=row.version,
            lease=lease,
            adviser=_find_adviser(session, by_id[row.comment_id], row.version),
        )
        for row in sorted(taken, key=lambda row: row.comment_id)
    ]


def _find_adviser(session: Session, comment: Comment, version: int) -> Adviser | None:
    """Return whom to ask about a comment, None if that is of no use any more."""
    adviser = session.get(Adviser, comment.site_id)
    is_of_use = adviser is not None and adviser.is_on
    return adviser if is_of_use and is_awaited(comment, version) else None


def is_awaited(comment: Comment, version: int) -> bool:
    """Return whether a comment is as it was when an opinion was wanted, and waits."""
    return comment.version == version and comment.status is Status.HELD
