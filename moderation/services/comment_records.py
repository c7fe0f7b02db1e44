"""Owns what is kept of a comment beside its decisions: old texts, and deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.services.access import Actor
from moderation.storage.models import Comment, Delivery, Event, Revision

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class CommentRecord:
    """Earlier texts, oldest first, and deliveries of its events, newest first.

    `deliveries` is None for those who don't own the site: where its webhooks go is its
    owner's business. At most `MOST_SHOWN` of each, events and attempts loaded.
    """

    revisions: Sequence[Revision]
    deliveries: Sequence[Delivery] | None


def read_record(session: Session, actor: Actor, comment: Comment) -> CommentRecord:
    """Return the record of a comment that the actor may see."""
    revisions = session.scalars(
        select(Revision)
        .where(Revision.comment_id == comment.id)
        .order_by(Revision.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    is_owner = actor.is_owner(comment.site_id)
    return CommentRecord(
        revisions=revisions[::-1],
        deliveries=_list_deliveries(session, comment.id) if is_owner else None,
    )


def _list_deliveries(session: Session, comment_id: int) -> Sequence[Delivery]:
    return session.scalars(
        select(Delivery)
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.comment_id == comment_id)
        .order_by(Delivery.id.desc())
        .limit(MOST_SHOWN)
        .options(
            joinedload(Delivery.event),
            joinedload(Delivery.endpoint),
            selectinload(Delivery.attempts),
        )
    ).all()
