"""Owns how comments that belong together come to stand together in the queue."""

from datetime import timedelta

from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import Comment

# A flood that goes on for weeks must not keep everybody else from their turn: who is
# in the queue is overtaken by the next days' only.
LONGEST_LEAP = timedelta(hours=48)


def share_turn(session: Session, comment: Comment, twin: int | None) -> None:
    """Give a comment just stored the turn of `twin`, which says nearly the same.

    Nothing is changed if there is no such comment, or one of the two does not wait,
    or it would leap too far.
    """
    earlier = session.get(Comment, twin) if twin is not None else None
    if earlier is None or {earlier.status, comment.status} != {Status.HELD}:
        return
    if comment.due_at - earlier.due_at <= LONGEST_LEAP:
        comment.due_at = earlier.due_at
