"""Owns what an endpoint's owner sees of deliveries, and sending them again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.events import EventType
from moderation.services.access import Actor
from moderation.services.endpoints import find_endpoint
from moderation.services.events import DELIVERIES, make_uid
from moderation.storage.models import (
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointState,
    Event,
)
from moderation.storage.models.base import now
from moderation.storage.session import announce_work

MOST_SHOWN = 50
NO_DELIVERY = "There is no such delivery, or it is not yours to see."


def list_deliveries(
    session: Session,
    actor: Actor,
    endpoint_id: int,
    *,
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int = MOST_SHOWN,
) -> Sequence[Delivery]:
    """Return deliveries to an endpoint, newest first, events and attempts loaded.

    `before` is the id of the last one of the page before.

    :raises NotFoundError: if the endpoint is not the actor's.
    """
    find_endpoint(session, actor, endpoint_id)
    query = select(Delivery).where(Delivery.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(Delivery.state == state)
    if before is not None:
        query = query.where(Delivery.id < before)
    return session.scalars(
        query.order_by(Delivery.id.desc())
        .limit(limit)
        .options(joinedload(Delivery.event), selectinload(Delivery.attempts))
    ).all()


def ping_endpoint(session: Session, actor: Actor, endpoint_id: int) -> int:
    """Queue a test event to one endpoint, and return the delivery's id.

    :raises NotFoundError: if the endpoint is not the actor's.
    :raises InvalidInputError: if it is disabled.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    _require_active(endpoint)
    event = Event(uid=make_uid(), type=EventType.PING, payload={})
    session.add(event)
    session.flush()
    delivery = Delivery(
        endpoint_id=endpoint.id, event_id=event.id, state=DeliveryState.WAITING
    )
    session.add(delivery)
    session.flush()
    announce_work(session, DELIVERIES)
    return delivery.id


def redeliver(
    session: Session, actor: Actor, endpoint_id: int, delivery_id: int
) -> None:
    """Send a delivery again, whether it arrived or failed; soon if it waits anyway.

    :raises NotFoundError: if it is not to that endpoint, or that is not the actor's.
    :raises InvalidInputError: if the endpoint is disabled.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.endpoint_id != endpoint.id:
        raise NotFoundError(NO_DELIVERY)
    _require_active(endpoint)
    _queue_again(session, [delivery_id])


def redeliver_failed(
    session: Session, actor: Actor, endpoint_id: int, *, since: datetime
) -> int:
    """Send again what has failed of the events since an instant; return how many.

    :raises NotFoundError: if the endpoint is not the actor's.
    :raises InvalidInputError: if it is disabled.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    _require_active(endpoint)
    failed = session.scalars(
        select(Delivery.id).where(
            Delivery.endpoint_id == endpoint_id,
            Delivery.state == DeliveryState.FAILED,
            Delivery.created_at >= since,
        )
    ).all()
    _queue_again(session, failed)
    return len(failed)


def _require_active(endpoint: Endpoint) -> None:
    if endpoint.state is not EndpointState.ACTIVE:
        raise InvalidInputError(
            {"endpoint": [f"It is disabled. {endpoint.reason} Enable it first."]}
        )


def _queue_again(session: Session, ids: Sequence[int]) -> None:
    """Make deliveries due now, but for those that a worker has in hand."""
    for start in range(0, len(ids), MOST_SHOWN):
        session.execute(
            update(Delivery)
            .where(
                Delivery.id.in_(ids[start : start + MOST_SHOWN]), Delivery.lease == ""
            )
            .values(state=DeliveryState.WAITING, tries=0, next_at=now(), ended_at=None)
        )
    announce_work(session, DELIVERIES)
