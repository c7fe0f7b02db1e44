"""Owns how long is kept what was sent to endpoints."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from moderation.storage.models import Delivery, DeliveryState, Event

KEPT = timedelta(days=30)
AT_ONCE = 500


def forget_deliveries(session: Session, *, at: datetime) -> int:
    """Delete some old events with all that was sent of them; return how many.

    An event that is still on its way somewhere is kept. Call it until it returns 0.
    """
    is_waiting = exists().where(
        Delivery.event_id == Event.id, Delivery.state == DeliveryState.WAITING
    )
    old = (
        select(Event.id)
        .where(Event.created_at < at - KEPT, ~is_waiting)
        .order_by(Event.created_at)
        .limit(AT_ONCE)
    )
    forgotten = session.scalars(
        delete(Event)
        .where(Event.id.in_(list(session.scalars(old))))
        .returning(Event.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(forgotten)
