"""Owns moderators' decisions: each recorded, none lost, none overwriting another."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.statuses import Action, Status, find_target
from moderation.services.access import Actor, require_decider
from moderation.services.campaign_members import note_moves
from moderation.services.learning import find_label, teach_labels
from moderation.services.threads import count_change
from moderation.spam.learning import Label
from moderation.storage.models import Audit, Comment, Decision

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


def decide_comments(
    session: Session,
    actor: Actor,
    versions: Mapping[int, int],
    action: Action,
    *,
    why: str = "",
) -> Outcome:
    """Do `action` to comments, given the version of each that the actor saw.

    A comment with another version by now is left alone and reported. So is one that
    the action would not change.

    :raises InvalidInputError: if there are none or more than `MOST_AT_ONCE`.
    :raises NotFoundError: if one is not the actor's to see; then nothing is done.
    :raises NotAllowedError: if the actor may not decide on one; likewise.
    """
    comments = _lock_comments(session, actor, versions)
    targets = {comment.id: _find_target(comment, action) for comment in comments}
    moves = [
        Move(
            comment=comment,
            seen=versions[comment.id],
            target=targets[comment.id],
            label=find_label(targets[comment.id]),
            why=why,
        )
        for comment in comments
    ]
    return _make_moves(session, actor, moves)


def undo_decisions(
    session: Session, actor: Actor, decision_ids: Iterable[int]
) -> Outcome:
    """Take decisions back: each comment returns to where it was before.

    A comment that has been decided on again since is left alone and reported. The
    undoing is itself a decision, and can be undone.

    :raises InvalidInputError: as `decide_comments`.
    :raises NotFoundError: if a decision is not the actor's to see, or was the
        arrival of the comment, which nothing came before.
    :raises NotAllowedError: if the actor may not decide on one.
    """
    wanted = set(decision_ids)
    decisions = session.scalars(
        select(Decision).where(
            Decision.id.in_(wanted), Decision.from_status.is_not(None)
        )
    ).all()
    if len(decisions) != len(wanted):
        raise NotFoundError("There is no such decision that could be taken back.")
    by_comment = {decision.comment_id: decision for decision in decisions}
    comments = _lock_comments(session, actor, by_comment)
    labels = _list_labels_before(session, by_comment)
    moves = [
        Move(
            comment=comment,
            seen=by_comment[comment.id].version,
            target=by_comment[comment.id].from_status,
            label=labels.get(comment.id),
            undoes_id=by_comment[comment.id].id,
        )
        for comment in comments
    ]
    return _make_moves(session, actor, moves)


def undo_batch(session: Session, actor: Actor, batch: str) -> Outcome:
    """Take back all decisions of one action that the actor may see.

    :raises NotFoundError: if there are none.
    :raises NotAllowedError: if the actor may not decide on one of the comments.
    """
    decisions = list_batch(session, actor, batch)
    if not decisions:
        raise NotFoundError("There is nothing like this that could be taken back.")
    return undo_decisions(session, actor, [decision.id for decision in decisions])


def list_batch(session: Session, actor: Actor, batch: str) -> Sequence[Decision]:
    """Return the decisions of one action that the actor may see, maybe none."""
    if not batch:
        return ()
    return session.scalars(
        select(Decision)
        .join(Decision.comment)
        .where(Decision.batch == batch, actor.limit_sites(Comment.site_id))
        .options(joinedload(Decision.comment))
        .order_by(Decision.id)
    ).all()


def list_history(session: Session, comment_id: int) -> Sequence[Decision]:
    """Return the decisions on a comment, oldest first, their moderators loaded."""
    return session.scalars(
        select(Decision)
        .where(Decision.comment_id == comment_id)
        .options(joinedload(Decision.moderator))
        .order_by(Decision.id)
    ).all()


def find_undoable(comment: Comment, history: Sequence[Decision]) -> Decision | None:
    """Return which decision of a comment's history can be taken back: the last one.

    None if that is its arrival, which nothing came before, or if the comment has
    changed since in another way.
    """
    last = history[-1] if history else None
    if last is None or last.from_status is None or last.version != comment.version:
        return None
    return last


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


def _find_target(comment: Comment, action: Action) -> Status | None:
    """Return the status an action leads to, None if it would change nothing.

    What waits to be checked is decided on as if it were held: that the filter was
    right is a decision, too.
    """
    target = find_target(comment.status, action)
    if target is None and comment.audit is Audit.OPEN:
        return find_target(Status.HELD, action)
    return target


def _lock_comments(
    session: Session, actor: Actor, wanted: Iterable[int]
) -> Sequence[Comment]:
    """Return the comments, locked until the unit of work ends, in order of id."""
    ids = sorted(set(wanted))
    if not 0 < len(ids) <= MOST_AT_ONCE:
        raise InvalidInputError(
            {"comment": [f"Select from 1 to {MOST_AT_ONCE} comments at once."]}
        )
    comments = session.scalars(
        select(Comment)
        .where(Comment.id.in_(ids), actor.limit_sites(Comment.site_id))
        .order_by(Comment.id)
        .with_for_update()
    ).all()
    if len(comments) != len(ids):
        raise NotFoundError("There is no such comment, or it is not yours to see.")
    for comment in comments:
        require_decider(actor, comment.site_id)
    return comments


def _list_labels_before(
    session: Session, decisions: Mapping[int, Decision]
) -> Mapping[int, Label | None]:
    """Return by comment what it had taught the filter before each decision."""
    rows = session.execute(
        select(Decision.comment_id, Decision.id, Decision.label)
        .where(Decision.comment_id.in_(decisions))
        .order_by(Decision.id)
    )
    # Of those that came before, the last one wins.
    return {
        comment_id: label
        for comment_id, decision_id, label in rows
        if decision_id < decisions[comment_id].id
    }


def _make_moves(session: Session, actor: Actor, moves: Iterable[Move]) -> Outcome:
    """Make the moves of one action that are not stale, and report the others.

    The filter is taught at the end: the sums of a site are locked after all else.
    """
    batch = secrets.token_urlsafe(BATCH_BYTES)
    decided, stale = [], []
    labelled: list[tuple[Comment, Label | None]] = []
    for move in moves:
        comment, target = move.comment, move.target
        if comment.version != move.seen or target is None:
            stale.append(comment.id)
            continue
        _move_comment(session, move, target, actor=actor, batch=batch)
        decided.append(comment.id)
        labelled.append((comment, move.label))
    session.flush()
    note_moves(session, {comment.id: comment.status for comment, _ in labelled})
    teach_labels(session, labelled)
    return Outcome(
        batch=batch, decided=decided, stale=list_last_decisions(session, stale)
    )


def _move_comment(
    session: Session, move: Move, target: Status, *, actor: Actor, batch: str
) -> None:
    """Change the status, and record who did it, in the same transaction."""
    comment, old = move.comment, move.comment.status
    comment.status = target
    comment.version += 1
    if comment.audit is not None:
        # Undone to where the filter had put it, it waits to be checked again.
        is_unchecked = move.label is None and find_label(target) is not None
        comment.audit = Audit.OPEN if is_unchecked else Audit.DONE
    count_change(session, comment.thread_id, old=old, new=target)
    session.add(
        Decision(
            comment_id=comment.id,
            moderator_id=actor.moderator_id,
            from_status=old,
            to_status=target,
            version=comment.version,
            why=move.why,
            batch=batch,
            undoes_id=move.undoes_id,
            label=move.label,
        )
    )
