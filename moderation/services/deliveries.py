"""Owns deliveries on their way: which are due, and who may make them."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.pace import Pace
from moderation.storage.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointState,
    Event,
)

LEASE_BYTES = 12
# What one worker takes of one endpoint at a time; of one that fails, a single one.
BATCH = 20


@dataclass(frozen=True, kw_only=True)
class DueEndpoint:
    """An endpoint to which something is due."""

    id: int
    is_failing: bool


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One delivery in hand. `tries` counts the attempt that is about to be made."""

    delivery_id: int
    attempt_id: int
    tries: int
    event: Event


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Deliveries to one endpoint that nobody else makes until the lease ends."""

    endpoint: Endpoint
    lease: str
    parcels: Sequence[Parcel]


def find_due_endpoint(
    session: Session,
    *,
    at: datetime,
    busy: Collection[int] = (),
    may_fail: bool = True,
) -> DueEndpoint | None:
    """Return the endpoint whose delivery has been due for longest, None for none.

    Those that are `busy` are left out, and unless `may_fail` those that fail.
    """
    # One step in an index for each endpoint, however many deliveries wait.
    due = (
        select(func.min(Delivery.next_at))
        .where(
            Delivery.endpoint_id == Endpoint.id,
            Delivery.state == DeliveryState.WAITING,
        )
        .scalar_subquery()
    )
    query = select(Endpoint.id, Endpoint.failing_since).where(
        Endpoint.state == EndpointState.ACTIVE, Endpoint.id.not_in(busy), due <= at
    )
    if not may_fail:
        query = query.where(Endpoint.failing_since.is_(None))
    row = session.execute(query.order_by(due, Endpoint.id).limit(1)).one_or_none()
    if row is None:
        return None
    return DueEndpoint(id=row.id, is_failing=row.failing_since is not None)


def find_next_due(session: Session, *, at: datetime) -> datetime | None:
    """Return when the next delivery will be due that is not yet, None for none.

    That may be one whose worker died, when its lease ends.
    """
    next_at = (
        select(func.min(Delivery.next_at))
        .where(
            Delivery.endpoint_id == Endpoint.id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.next_at > at,
        )
        .scalar_subquery()
    )
    active = Endpoint.state == EndpointState.ACTIVE
    return session.scalar(select(func.min(next_at)).where(active))


def claim_deliveries(
    session: Session, endpoint_id: int, *, at: datetime, pace: Pace
) -> Batch | None:
    """Take due deliveries to an endpoint, and note an attempt at each.

    Return None if others have taken them all. Commit before anything is sent: then
    nobody else sends it until the lease ends, and every attempt is on record even if
    this worker is killed in the middle of it.
    """
    endpoint = session.scalar(
        select(Endpoint)
        .where(Endpoint.id == endpoint_id, Endpoint.state == EndpointState.ACTIVE)
        .options(selectinload(Endpoint.secrets))
    )
    if endpoint is None:
        return None
    due = (
        select(Delivery.id)
        .where(
            Delivery.endpoint_id == endpoint_id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.next_at <= at,
        )
        .order_by(Delivery.next_at, Delivery.id)
        .limit(1 if endpoint.failing_since else BATCH)
        .with_for_update(skip_locked=True)
    )
    return _take(session, endpoint, list(session.scalars(due)), at=at, pace=pace)


def claim_one(
    session: Session, delivery_id: int, *, at: datetime, pace: Pace
) -> Batch | None:
    """Take one delivery if it is due, as `claim_deliveries` does."""
    delivery = session.scalar(
        select(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.next_at <= at,
        )
        .options(joinedload(Delivery.endpoint).selectinload(Endpoint.secrets))
        .with_for_update(skip_locked=True, of=Delivery)
    )
    if delivery is None:
        return None
    return _take(session, delivery.endpoint, [delivery.id], at=at, pace=pace)


def release_deliveries(
    session: Session, batch: Batch, parcels: Sequence[Parcel], *, at: datetime
) -> None:
    """Give back what was taken and not sent: it is due again, as if never taken."""
    if not parcels:
        return
    session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_([parcel.delivery_id for parcel in parcels]),
            Delivery.lease == batch.lease,
        )
        .values(lease="", next_at=at, tries=Delivery.tries - 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Attempt)
        .where(Attempt.id.in_([parcel.attempt_id for parcel in parcels]))
        .execution_options(synchronize_session=False)
    )


def _take(
    session: Session,
    endpoint: Endpoint,
    ids: Sequence[int],
    *,
    at: datetime,
    pace: Pace,
) -> Batch | None:
    lease = secrets.token_urlsafe(LEASE_BYTES)
    taken = session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_(ids),
            Delivery.state == DeliveryState.WAITING,
            Delivery.next_at <= at,
        )
        .values(lease=lease, next_at=at + pace.lease, tries=Delivery.tries + 1)
        .returning(Delivery.id, Delivery.event_id, Delivery.tries)
        .execution_options(synchronize_session=False)
    ).all()
    if not taken:
        return None
    parcels = _note_attempts(session, sorted(taken, key=lambda row: row.id), at)
    return Batch(endpoint=endpoint, lease=lease, parcels=parcels)


def _note_attempts(
    session: Session, taken: Sequence[Row[int, int, int]], at: datetime
) -> Sequence[Parcel]:
    """Note that each delivery taken is about to be tried, and return them in hand."""
    attempts = session.scalars(
        insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True),
        [{"delivery_id": row.id, "started_at": at} for row in taken],
    ).all()
    found = session.scalars(
        select(Event).where(Event.id.in_([row.event_id for row in taken]))
    )
    events = {event.id: event for event in found}
    return [
        Parcel(
            delivery_id=row.id,
            attempt_id=attempt_id,
            tries=row.tries,
            event=events[row.event_id],
        )
        for row, attempt_id in zip(taken, attempts, strict=True)
    ]
