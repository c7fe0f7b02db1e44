"""Owns moderators' decisions: each recorded, none lost, none overwriting another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.statuses import Action, Status, find_target
from moderation.services.access import Actor, require_decider
from moderation.services.learning import find_label
from moderation.services.moves import MOST_AT_ONCE, Move, Outcome, cut_ids, make_moves
from moderation.spam.learning import Label
from moderation.storage.models import Audit, Comment, Decision


@dataclass(frozen=True, kw_only=True)
class Done:
    """What an action has done: how many comments went to each status.

    `batch` names the action; `is_undoing` tells whether it took others back.
    """

    batch: str
    numbers: Mapping[Status, int]
    is_undoing: bool


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
    comments = lock_comments(session, actor, versions)
    moves = [
        plan_move(comment, action, seen=versions[comment.id], why=why)
        for comment in comments
    ]
    return make_moves(session, actor, [moves])


def decide_all(
    session: Session,
    actor: Actor,
    comment_ids: Sequence[int],
    action: Action,
    *,
    why: str = "",
) -> Outcome:
    """Do `action` to any number of comments as they stand, as one batch.

    Whoever calls has made sure that this is how the actor saw them, and with
    `lock_listed` that it stays so.

    :raises NotFoundError: as `decide_comments`; likewise NotAllowedError.
    """
    chunks = (
        [
            plan_move(comment, action, seen=comment.version, why=why)
            for comment in lock_comments(session, actor, ids)
        ]
        for ids in cut_ids(comment_ids)
    )
    return make_moves(session, actor, chunks)


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
    return make_moves(session, actor, [_plan_undos(session, actor, decision_ids)])


def undo_batch(session: Session, actor: Actor, batch: str) -> Outcome:
    """Take back all decisions of one action that the actor may see.

    :raises NotFoundError: if there are none.
    :raises NotAllowedError: if the actor may not decide on one of the comments.
    """
    rows = session.execute(
        _select_batch(actor, batch, Decision.id, Decision.comment_id)
    ).all()
    if not rows:
        raise NotFoundError("There is nothing like this that could be taken back.")
    _lock_rows(session, [row.comment_id for row in rows])
    chunks = (
        _plan_undos(session, actor, ids) for ids in cut_ids([row.id for row in rows])
    )
    return make_moves(session, actor, chunks)


def list_batch(session: Session, actor: Actor, batch: str) -> Sequence[Decision]:
    """Return the decisions of one action that the actor may see, maybe none."""
    if not batch:
        return ()
    return session.scalars(
        _select_batch(actor, batch, Decision).options(joinedload(Decision.comment))
    ).all()


def count_batch(session: Session, actor: Actor, batch: str) -> Done | None:
    """Return what one action did as far as the actor may see, None if nothing."""
    if not batch:
        return None
    found = _select_batch(actor, batch, Decision).subquery()
    rows = session.execute(
        select(found.c.to_status, func.count(), func.max(found.c.undoes_id))
        .group_by(found.c.to_status)
        .order_by(func.min(found.c.id))
    ).all()
    if not rows:
        return None
    return Done(
        batch=batch,
        numbers={status: number for status, number, _ in rows},
        is_undoing=any(undone is not None for _, _, undone in rows),
    )


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


def _select_batch(actor: Actor, batch: str, *wanted: Any) -> Select[Any]:  # noqa: ANN401 columns and models
    return (
        select(*wanted)
        .join(Decision.comment)
        .where(Decision.batch == batch, actor.limit_sites(Comment.site_id))
        .order_by(Decision.id)
    )


def plan_move(comment: Comment, action: Action, *, seen: int, why: str = "") -> Move:
    """Return the move that an action means for a comment, not made yet."""
    target = _find_target(comment, action)
    return Move(
        comment=comment, seen=seen, target=target, label=find_label(target), why=why
    )


def _plan_undos(
    session: Session, actor: Actor, decision_ids: Iterable[int]
) -> list[Move]:
    """Return the moves that take decisions back, their comments locked."""
    wanted = set(decision_ids)
    decisions = session.scalars(
        select(Decision).where(
            Decision.id.in_(wanted), Decision.from_status.is_not(None)
        )
    ).all()
    if len(decisions) != len(wanted):
        raise NotFoundError("There is no such decision that could be taken back.")
    by_comment = {decision.comment_id: decision for decision in decisions}
    comments = lock_comments(session, actor, by_comment)
    labels = _list_labels_before(session, by_comment)
    return [
        Move(
            comment=comment,
            seen=by_comment[comment.id].version,
            target=by_comment[comment.id].from_status,
            label=labels.get(comment.id),
            undoes_id=by_comment[comment.id].id,
        )
        for comment in comments
    ]


def _find_target(comment: Comment, action: Action) -> Status | None:
    """Return the status an action leads to, None if it would change nothing.

    What waits to be checked is decided on as if it were held: that the filter was
    right is a decision, too.
    """
    target = find_target(comment.status, action)
    if target is None and comment.audit is Audit.OPEN:
        return find_target(Status.HELD, action)
    return target


def lock_comments(
    session: Session, actor: Actor, wanted: Iterable[int]
) -> Sequence[Comment]:
    """Return the comments, locked until the unit of work ends, in order of id.

    :raises InvalidInputError: if there are none or more than `MOST_AT_ONCE`.
    :raises NotFoundError: if one is not the actor's to see.
    :raises NotAllowedError: if the actor may not decide on one.
    """
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


def lock_listed(
    session: Session, list_ids: Callable[[], Sequence[int]]
) -> Sequence[int]:
    """Return the comments that are listed before and after all of them are locked.

    Others may have decided on some of them while this waited for its turn.
    """
    listed = list_ids()
    _lock_rows(session, listed)
    still = set(list_ids())
    return [comment_id for comment_id in listed if comment_id in still]


def _lock_rows(session: Session, comment_ids: Sequence[int]) -> None:
    """Lock comments in order of id, before anything else is changed."""
    for ids in cut_ids(sorted(comment_ids)):
        session.execute(
            select(Comment.id)
            .where(Comment.id.in_(ids))
            .order_by(Comment.id)
            .with_for_update()
        )


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
