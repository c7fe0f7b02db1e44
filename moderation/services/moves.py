"""Owns changes of status as they are made: recorded, counted and learnt from."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.statuses import Status
from moderation.services.access import Actor
from moderation.services.accuracy import Heard, count_said, note_said
from moderation.services.campaign_members import note_moves
from moderation.services.comment_notices import note_approvals
from moderation.services.events import record_events
from moderation.services.learning import find_label, teach_labels
from moderation.services.threads import count_changes
from moderation.services.workloads import Work, count_work, resolve_undone
from moderation.spam.learning import Label
from moderation.storage.models import Audit, Comment, Decision
from moderation.storage.models.base import now
from moderation.storage.session import note_count

BATCH_BYTES = 12
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an action on some comments.

    `batch` names the action, to take it back by. `decided` are the ids of the
    comments that changed; `stale` the last decisions on those that somebody else
    had changed first, which are left as they are.
    """

    batch: str
    decided: Sequence[int]
    stale: Sequence[Decision]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change of status that is asked for, and the version of the comment seen.

    `target` is None if the action would change nothing. `label` is what the comment
    teaches the filter from then on, None if nothing.
    """

    comment: Comment
    seen: int
    target: Status | None
    label: Label | None
    why: str = ""
    undoes_id: int | None = None


def make_moves(
    session: Session, actor: Actor, chunks: Iterable[Iterable[Move]]
) -> Outcome:
    """Make the moves of one action that are not stale, and report the others.

    Only the comments of one chunk are kept in memory. The filter is taught at the
    end: the sums of a site are locked after all else.
    """
    batch = secrets.token_urlsafe(BATCH_BYTES)
    stale: list[int] = []
    statuses: dict[int, Status] = {}
    labels: dict[int, Label | None] = {}
    heard: Heard = Counter()
    work = Work()
    for moves in chunks:
        changes: list[tuple[int, Status | None, Status]] = []
        for move in moves:
            comment, target = move.comment, move.target
            if comment.version != move.seen or target is None:
                stale.append(comment.id)
                continue
            changes.append((comment.thread_id, comment.status, target))
            decision = _move_comment(session, move, target, actor=actor, batch=batch)
            work.add_wait(comment, -1)
            note_said(comment, move.label, heard)
            work.add_wait(comment, 1)
            work.note(comment.site_id, decision)
            statuses[comment.id], labels[comment.id] = target, move.label
        session.flush()
        count_changes(session, changes)
        resolve_undone(session, work)
    _count_moves(session, statuses.values(), labels.values())
    note_moves(session, statuses)
    count_said(session, heard)
    count_work(session, work)
    for ids in cut_ids(list(labels)):
        comments = session.scalars(select(Comment).where(Comment.id.in_(ids))).all()
        note_approvals(session, comments)
        record_events(session, comments)
        teach_labels(session, [(comment, labels[comment.id]) for comment in comments])
    return Outcome(
        batch=batch,
        decided=list(statuses),
        stale=list_last_decisions(session, stale[:MOST_AT_ONCE]),
    )


def list_last_decisions(
    session: Session, comment_ids: Sequence[int]
) -> Sequence[Decision]:
    """Return the last decision on each comment, moderator and comment loaded."""
    last = (
        select(func.max(Decision.id))
        .where(Decision.comment_id.in_(comment_ids))
        .group_by(Decision.comment_id)
    )
    return session.scalars(
        select(Decision)
        .where(Decision.id.in_(last))
        .options(joinedload(Decision.moderator), joinedload(Decision.comment))
        .order_by(Decision.comment_id)
    ).all()


def cut_ids(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the ids in order, as many at a time as are decided on at once."""
    for start in range(0, len(ids), MOST_AT_ONCE):
        yield ids[start : start + MOST_AT_ONCE]


def _count_moves(
    session: Session, statuses: Iterable[Status], labels: Iterable[Label | None]
) -> None:
    for status, number in Counter(statuses).items():
        note_count(session, "decisions", status, number=number)
    for label, times in Counter(labels).items():
        note_count(session, "lessons", label or "none", number=times)


def _move_comment(
    session: Session, move: Move, target: Status, *, actor: Actor, batch: str
) -> Decision:
    """Change the status, and return the record of who did it, added to the session."""
    comment, old = move.comment, move.comment.status
    comment.status = target
    comment.version += 1
    if comment.audit is not None:
        # Undone to where the filter had put it, it waits to be checked again.
        is_unchecked = move.label is None and find_label(target) is not None
        comment.audit = Audit.OPEN if is_unchecked else Audit.DONE
    decision = Decision(
        comment_id=comment.id,
        moderator_id=actor.author_id,
        agent=actor.agent,
        from_status=old,
        to_status=target,
        version=comment.version,
        why=move.why,
        batch=batch,
        undoes_id=move.undoes_id,
        label=move.label,
        created_at=now(),
    )
    session.add(decision)
    return decision
