"""Owns what an outside opinion does to the comment it is about."""

import random
from dataclasses import dataclass
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
from moderation.services.opinions import OUTSIDE, PACE, Question, is_awaited
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

RANDOM = random.SystemRandom()
OVERTAKEN = "Somebody decided before an outside opinion came."
NO_ANSWER = "No outside opinion came, so a person decides. {}"
SWITCHED_OFF = "Asking was switched off."
STATUSES = {Verdict.PUBLISH: Status.APPROVED, Verdict.SPAM: Status.SPAM}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of asking: an opinion, or the problem why there is none."""

    opinion: Opinion | None = None
    problem: str = ""
    milliseconds: int = 0


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
    is_same = is_awaited(comment, request.version)
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
