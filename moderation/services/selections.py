"""Owns deciding on all that is held: looked at as numbers, done as one batch."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import InvalidInputError
from moderation.domain.statuses import MOVES, Action, Status
from moderation.services.access import Actor
from moderation.services.campaign_decisions import MOST_DECIDED
from moderation.services.moves import Outcome
from moderation.services.previews import EVEN
from moderation.services.queues import list_sites
from moderation.services.reviews import decide_all, lock_listed
from moderation.spam.care import CARE
from moderation.storage.models import Comment, Decision, SignalEvidence

ODD_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class HeldPreview:
    """All that is held, or the oldest `MOST_DECIDED` of it, at a glance.

    `odd` is how many look as if the action were wrong for them, `shown` the first of
    these, their threads loaded. `seen` is what to decide by: what happens to a comment
    later than this is not covered.
    """

    action: Action
    number: int
    networks: int
    odd: int
    shown: Sequence[Comment]
    seen: int


def preview_held(session: Session, actor: Actor, action: Action) -> HeldPreview:
    """Return what `action` would be done to on all sites the actor decides on.

    :raises InvalidInputError: if the action is none on what is held.
    """
    _require_move(action)
    seen = session.scalar(select(func.max(Decision.id))) or 0
    ids = _select_held(session, actor, seen=seen).subquery()
    is_odd = _find_odd(action)
    number, networks, odd = session.execute(
        select(
            func.count(),
            func.count(func.distinct(func.nullif(Comment.network, ""))),
            func.count().filter(is_odd),
        ).where(Comment.id.in_(select(ids.c.id)))
    ).one()
    shown = session.scalars(
        select(Comment)
        .where(Comment.id.in_(select(ids.c.id)), is_odd)
        .options(joinedload(Comment.thread))
        .order_by(Comment.created_at, Comment.id)
        .limit(ODD_SHOWN)
    ).all()
    return HeldPreview(
        action=action,
        number=number,
        networks=networks,
        odd=odd,
        shown=shown,
        seen=seen,
    )


def decide_held(
    session: Session, actor: Actor, action: Action, *, seen: int, why: str = ""
) -> Outcome:
    """Do `action` to all that is held and has not changed since `seen`, as one batch.

    What came or was decided on later is left as it is. Of more than `MOST_DECIDED` the
    oldest are decided on.

    :raises InvalidInputError: if the action is none on what is held, or nothing is
        left that was seen.
    """
    _require_move(action)
    query = _select_held(session, actor, seen=seen)
    ids = lock_listed(session, lambda: session.scalars(query).all())
    if not ids:
        raise InvalidInputError(
            {"comment": ["Nothing of what you saw is held any more. Open the queue."]}
        )
    return decide_all(session, actor, ids, action, why=why)


def _require_move(action: Action) -> None:
    if action not in MOVES[Status.HELD]:
        raise InvalidInputError({"action": ["All of these are held already."]})


def _select_held(session: Session, actor: Actor, *, seen: int) -> Select[int]:
    """Return the query for what is held, the oldest first.

    Comments of the audit sample are not among it: they are public, or spam, already.
    Nor is what a person is to read first.
    """
    sites = [
        site
        for site in list_sites(session, actor)
        if (role := actor.find_role(site)) is not None and role.may_decide
    ]
    has_changed = exists().where(Decision.comment_id == Comment.id, Decision.id > seen)
    needs_care = exists().where(
        SignalEvidence.comment_id == Comment.id, SignalEvidence.name == CARE
    )
    return (
        select(Comment.id)
        .where(
            Comment.site_id.in_(sites),
            Comment.status == Status.HELD,
            ~has_changed,
            ~needs_care,
        )
        .order_by(Comment.created_at, Comment.id)
        .limit(MOST_DECIDED)
    )


def _find_odd(action: Action) -> ColumnElement[bool]:
    if action is Action.APPROVE:
        return Comment.score >= EVEN
    return Comment.score < EVEN
