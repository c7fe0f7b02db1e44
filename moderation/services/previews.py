"""Owns what a moderator is told of a selection before deciding on it as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.statuses import Action
from moderation.domain.turns import is_first
from moderation.services.access import Actor
from moderation.services.moves import MOST_AT_ONCE
from moderation.storage.models import Comment

# Below it a comment looks honest, from it on like spam.
EVEN = 0.5


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A selection at a glance.

    `first` are those that a person is to read before anything is done. `odd` are the
    comments that look as if the action were wrong for them: honest ones to be called
    spam, likely spam to be approved. `others` are the rest. `networks` counts the
    different networks they came from, unknown ones left out.
    """

    action: Action
    first: Sequence[Comment]
    odd: Sequence[Comment]
    others: Sequence[Comment]
    networks: int

    @property
    def number(self) -> int:
        """How many comments there are."""
        return len(self.first) + len(self.odd) + len(self.others)


def preview_selection(
    session: Session, actor: Actor, versions: Mapping[int, int], action: Action
) -> Preview:
    """Return what `action` would be done to.

    :raises InvalidInputError: if there are none or more than `MOST_AT_ONCE`.
    :raises NotFoundError: if one is not the actor's to see.
    """
    if not 0 < len(versions) <= MOST_AT_ONCE:
        raise InvalidInputError(
            {"comment": [f"Select from 1 to {MOST_AT_ONCE} comments at once."]}
        )
    comments = session.scalars(
        select(Comment)
        .where(Comment.id.in_(versions), actor.limit_sites(Comment.site_id))
        .options(joinedload(Comment.thread))
        .order_by(Comment.due_at, Comment.id)
    ).all()
    if len(comments) != len(versions):
        raise NotFoundError("There is no such comment, or it is not yours to see.")
    first = [c for c in comments if is_first(c.created_at, c.due_at)]
    rest = [comment for comment in comments if comment not in first]
    odd = [comment for comment in rest if _is_odd(comment, action)]
    odd_ids = {comment.id for comment in odd}
    return Preview(
        action=action,
        first=first,
        odd=odd,
        others=[comment for comment in rest if comment.id not in odd_ids],
        networks=len({comment.network for comment in comments if comment.network}),
    )


def _is_odd(comment: Comment, action: Action) -> bool:
    if action is Action.APPROVE:
        return comment.score >= EVEN
    return action in {Action.SPAM, Action.REJECT} and comment.score < EVEN
