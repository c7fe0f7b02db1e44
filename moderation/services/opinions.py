"""Owns outside opinions on comments: wanted before publishing, asked for, judged with.

A comment that the filter would publish is held until an answer came. The worker asks
(`moderation.delivery.opinions`); what it was answered is one more signal. Without an
answer the comment goes on being held: for a moderator, as any other.
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.opinions import Opinion
from moderation.domain.pace import Pace
from moderation.domain.scores import find_percent
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.services.access import BY_OPINION, PROGRAM_ID, Actor
from moderation.services.accuracy import change_verdict
from moderation.services.comment_notices import note_held
from moderation.services.judging import is_drawn_for_audit
from moderation.services.moves import Move, make_moves
from moderation.spam.pipeline import Judgement, compute_score
from moderation.spam.signal import Signal
from moderation.spam.verdict import Thresholds, Verdict, decide_verdict
from moderation.storage.models import (
    Adviser,
    Audit,
    Comment,
    LearntSite,
    OpinionRequest,
    SignalEvidence,
)
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
RANDOM = random.SystemRandom()

WAITING = Signal(name=OUTSIDE, weight=0.0, reason="It waits for an outside opinion.")
OVERTAKEN = "Somebody decided before an outside opinion came."
NO_ANSWER = "No outside opinion came, so a person decides. {}"
SWITCHED_OFF = "Asking was switched off."
STATUSES = {Verdict.PUBLISH: Status.APPROVED, Verdict.SPAM: Status.SPAM}


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


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of asking: an opinion, or the problem why there is none."""

    opinion: Opinion | None = None
    problem: str = ""
    milliseconds: int = 0


def hold_for_opinion(
    session: Session, site_id: int, judgement: Judgement, verdict: Verdict
) -> tuple[Judgement, Verdict]:
    """Return what to do first: hold what would be published, if somebody is asked.

    What an owner's rule lets in is published on the owner's word.
    """
    if verdict is not Verdict.PUBLISH or judgement.rule is not None:
        return judgement, verdict
    adviser = session.get(Adviser, site_id)
    if adviser is None or not adviser.is_on:
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


def record_reply(
    session: Session,
    question: Question,
    reply: Reply,
    *,
    at: datetime,
    pace: Pace = PACE,
) -> timedelta | None:
    """Judge a comment with what was answered; return when to ask again, None if not.

    Nothing is moved that somebody decided on, or that its author changed, meanwhile.
    """
    found = _lock(session, question)
    if found is None:
        return None
    comment, request = found
    if question.adviser is not None:
        _note_health(session, question.adviser, reply, at)
    is_same = _is_waiting(comment, request.version)
    if is_same and reply.opinion is None and question.adviser is not None:
        delay = pace.find_delay(request.tries, spread=RANDOM.random())
        if delay is not None:
            request.lease, request.next_at = "", at + delay
            session.flush()
            return delay
    session.delete(request)
    _settle(session, comment, reply, is_same=is_same)
    session.flush()
    return None


def _lock(
    session: Session, question: Question
) -> tuple[Comment, OpinionRequest] | None:
    """Return what a question is about, locked; None if others ask by now, or gone."""
    # The comment is locked before what hangs on it, as decisions do.
    comment = session.scalar(
        select(Comment)
        .where(Comment.id == question.comment.id)
        .options(selectinload(Comment.signals), joinedload(Comment.site))
        .with_for_update(of=Comment)
        .execution_options(populate_existing=True)
    )
    request = session.scalar(
        select(OpinionRequest)
        .where(
            OpinionRequest.comment_id == question.comment.id,
            OpinionRequest.lease == question.lease,
        )
        .with_for_update()
    )
    return None if comment is None or request is None else (comment, request)


def _find_adviser(session: Session, comment: Comment, version: int) -> Adviser | None:
    """Return whom to ask about a comment, None if that is of no use any more."""
    adviser = session.get(Adviser, comment.site_id)
    is_of_use = adviser is not None and adviser.is_on
    return adviser if is_of_use and _is_waiting(comment, version) else None


def _is_waiting(comment: Comment, version: int) -> bool:
    return comment.version == version and comment.status is Status.HELD


def _note_health(
    session: Session, adviser: Adviser, reply: Reply, at: datetime
) -> None:
    if reply.opinion is not None:
        values = {
            "answered_at": at,
            "milliseconds": reply.milliseconds,
            "failing_since": None,
            "problem": "",
        }
    else:
        since = func.coalesce(Adviser.failing_since, at)
        values = {"failing_since": since, "problem": reply.problem}
    session.execute(
        update(Adviser)
        .where(Adviser.site_id == adviser.site_id, Adviser.url == adviser.url)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _settle(session: Session, comment: Comment, reply: Reply, *, is_same: bool) -> None:
    """Let the comment's evidence say what came, and move it if that allows."""
    evidence = next((one for one in comment.signals if one.name == OUTSIDE), None)
    if evidence is None:
        return
    if not is_same:
        evidence.reason = OVERTAKEN
    elif reply.opinion is None:
        evidence.reason = NO_ANSWER.format(reply.problem or SWITCHED_OFF)
    else:
        _judge_again(session, comment, evidence, reply.opinion)
    note_held(session, comment)


def _judge_again(
    session: Session, comment: Comment, evidence: SignalEvidence, opinion: Opinion
) -> None:
    evidence.weight, evidence.reason = opinion.weight, _describe(opinion)
    comment.score = compute_score(
        Signal(name=one.name, weight=one.weight, reason="") for one in comment.signals
    )
    comment.due_at = find_turn(comment.created_at, comment.score)
    session.flush()
    verdict = _decide(session, comment)
    target = STATUSES.get(verdict)
    if target is None:
        return
    change_verdict(session, comment, verdict)
    if is_drawn_for_audit(comment.id, comment.digest):
        comment.audit = Audit.OPEN
    move = Move(
        comment=comment,
        seen=comment.version,
        target=target,
        label=None,
        why=f"Spam score {find_percent(comment.score)}%. {evidence.reason}",
    )
    actor = Actor(moderator_id=PROGRAM_ID, email="", roles={}, agent=BY_OPINION)
    make_moves(session, actor, [[move]])


def _decide(session: Session, comment: Comment) -> Verdict:
    """Return what the site does by its settings of now, the opinion counted in."""
    site, learnt = comment.site, session.get(LearntSite, comment.site_id)
    return decide_verdict(
        Judgement(score=comment.score, signals=(), failures=tuple(comment.failures)),
        policy=site.policy,
        thresholds=Thresholds(
            publish_below=site.publish_below, spam_above=site.spam_above
        ),
        labels_of_each_kind=min(learnt.spam, learnt.ham) if learnt else 0,
        is_author_known=bool(comment.is_author_known),
    )


def _describe(opinion: Opinion) -> str:
    said = f"An outside opinion takes it for spam by {find_percent(opinion.score)}%"
    return f"{said}: {opinion.reason}" if opinion.reason else f"{said}."
