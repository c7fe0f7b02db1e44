"""Owns deliveries on their way: who may make which, and what came of it."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.pace import Pace
from moderation.services.notices import tell_owners
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
LONGEST_ANSWER = 1_024
GONE = 410


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


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of an attempt. `status` is None if there was no answer.

    `next_at` is when to try again, None if it arrived or is given up.
    """

    parcel: Parcel
    has_arrived: bool
    status: int | None
    milliseconds: int
    answer: str
    error: str
    next_at: datetime | None

    @property
    def outcome(self) -> str:
        """What became of the delivery: "arrived", "retried" or "given up"."""
        if self.has_arrived:
            return "arrived"
        return "retried" if self.next_at else "given up"


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


def record_results(
    session: Session,
    batch: Batch,
    results: Sequence[Result],
    *,
    at: datetime,
    pace: Pace,
    base_url: str,
) -> None:
    """Record what came of attempts, and what that says of the endpoint.

    A worker whose lease has ended changes only its attempts: the deliveries are in
    other hands. An endpoint that answers "gone", or has been failing for longer than
    the pace has patience, is disabled and its owners told.
    """
    if not results:
        return
    _record_attempts(session, results)
    _end_leases(session, batch, results, at)
    endpoint = session.scalar(
        select(Endpoint).where(Endpoint.id == batch.endpoint.id).with_for_update()
    )
    if endpoint is None or endpoint.state is not EndpointState.ACTIVE:
        return
    _note_health(endpoint, results, at)
    reason = _find_fault(endpoint, results, at=at, pace=pace)
    if reason:
        end_waiting(session, endpoint, reason=reason, at=at)
        since = (endpoint.failing_since or at).date()
        tell_owners(session, endpoint, since=since, base_url=base_url)


def end_waiting(
    session: Session, endpoint: Endpoint, *, reason: str, at: datetime
) -> None:
    """Disable an endpoint, and give up what waits for it."""
    endpoint.state = EndpointState.DISABLED
    endpoint.reason = reason
    session.execute(
        update(Delivery)
        .where(
            Delivery.endpoint_id == endpoint.id,
            Delivery.state == DeliveryState.WAITING,
        )
        .values(state=DeliveryState.FAILED, lease="", ended_at=at)
        .execution_options(synchronize_session=False)
    )
    session.flush()


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


def _record_attempts(session: Session, results: Sequence[Result]) -> None:
    session.execute(
        update(Attempt),
        [
            {
                "id": result.parcel.attempt_id,
                "status": result.status,
                "milliseconds": result.milliseconds,
                "answer": result.answer[:LONGEST_ANSWER],
                "error": result.error,
            }
            for result in results
        ],
    )


def _end_leases(
    session: Session, batch: Batch, results: Sequence[Result], at: datetime
) -> None:
    session.connection().execute(
        update(Delivery)
        .where(
            Delivery.id == bindparam("delivery"),
            Delivery.lease == batch.lease,
            Delivery.state == DeliveryState.WAITING,
        )
        .values(
            state=bindparam("to_state"),
            next_at=bindparam("to_next"),
            ended_at=bindparam("to_end"),
            lease="",
        ),
        [
            {
                "delivery": result.parcel.delivery_id,
                "to_state": _find_state(result),
                "to_next": result.next_at or at,
                "to_end": None if result.next_at else at,
            }
            for result in results
        ],
    )


def _find_state(result: Result) -> DeliveryState:
    if result.has_arrived:
        return DeliveryState.ARRIVED
    return DeliveryState.WAITING if result.next_at else DeliveryState.FAILED


def _note_health(endpoint: Endpoint, results: Sequence[Result], at: datetime) -> None:
    """Note since when an endpoint has been failing, by the last that is known."""
    if any(result.has_arrived for result in results):
        endpoint.failing_since = None
    if not results[-1].has_arrived:
        endpoint.failing_since = endpoint.failing_since or at


def _find_fault(
    endpoint: Endpoint, results: Sequence[Result], *, at: datetime, pace: Pace
) -> str:
    """Return why an endpoint is to be disabled, "" if it is not."""
    if any(result.status == GONE for result in results):
        return "It answered 410 Gone, which asks for no more."
    since = endpoint.failing_since
    if since is not None and at - since >= pace.patience:
        return f"Nothing has arrived there for {pace.patience.days} days."
    return ""
