"""Owns how comments that belong together come to stand together in the queue."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment

# A flood that goes on for weeks must not keep everybody else from their turn: who is
# in the queue is overtaken by the next days' only.
LONGEST_LEAP = timedelta(hours=48)

# Composed once: that takes longer than to run it.
_FIND_EARLIER = select(Comment.status, Comment.due_at).where(
    Comment.id == bindparam("comment")
)


def share_turn(
    session: Session, due_at: datetime, status: Status, twin: int | None
) -> datetime:
    """Return when it is the turn of a comment with this status that is to be stored.

    That is the turn of `twin`, which says nearly the same; `due_at`, its own, if there
    is no such comment, or one of the two does not wait, or it would leap too far.
    """
    if twin is None or status is not Status.HELD:
        return due_at
    for earlier in look_up(session, _FIND_EARLIER, {"comment": twin}):
        if earlier.status is Status.HELD and due_at - earlier.due_at <= LONGEST_LEAP:
            return earlier.due_at  # type: ignore[no-any-return] # as the column says
    return due_at
