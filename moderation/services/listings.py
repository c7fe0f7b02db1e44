"""Owns what programs list that pages do not: events, deliveries of all endpoints."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.errors import NotFoundError
from moderation.services.access import Actor, find_visible_site
from moderation.services.delivery_log import NO_DELIVERY
from moderation.services.endpoints import find_endpoint
from moderation.storage.models import Comment, Delivery, Event

MOST_SHOWN = 100


def read_html(session: Session, comment_ids: Sequence[int]) -> Mapping[int, str]:
    """Return by id the rendered text of comments that the caller may see."""
    rows = session.execute(
        select(Comment.id, Comment.html).where(Comment.id.in_(comment_ids))
    )
    return {row.id: row.html for row in rows}


def list_events(
    session: Session,
    actor: Actor,
    site_key: str,
    *,
    after: int = 0,
    length: int = MOST_SHOWN,
) -> Sequence[Event]:
    """Return the events of a site behind a sequence number, in their order.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    return session.scalars(
        select(Event)
        .where(Event.site_id == site.id, Event.sequence > after)
        .order_by(Event.sequence)
        .limit(length)
    ).all()


def find_delivery(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    """Return a delivery, its event and attempts loaded.

    :raises NotFoundError: if there is none, or its endpoint is not the actor's.
    """
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id)
        .options(joinedload(Delivery.event), selectinload(Delivery.attempts))
    )
    if delivery is None:
        raise NotFoundError(NO_DELIVERY)
    try:
        find_endpoint(session, actor, delivery.endpoint_id)
    except NotFoundError as error:
        raise NotFoundError(NO_DELIVERY) from error
    return delivery
