"""Owns what came of attempts to deliver, and what that says of an endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from moderation.domain.pace import Pace
from moderation.services.deliveries import Batch, Parcel
from moderation.services.notices import tell_owners
from moderation.storage.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointState,
)

LONGEST_ANSWER = 1_024
GONE = 410


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
