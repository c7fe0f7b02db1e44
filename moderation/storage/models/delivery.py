"""Owns the tables of deliveries and of every attempt to make one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.storage.models.base import Base, Choice, Instant, Key, now
from moderation.storage.models.endpoint import Endpoint
from moderation.storage.models.event import Event


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    ARRIVED = "arrived"
    FAILED = "failed"


_IS_WAITING = text("state = 'waiting'")


class Delivery(Base):
    """One event on its way to one endpoint.

    A worker that makes it writes a `lease` of its own and puts `next_at` to when that
    ends; if the worker dies, another takes the delivery then. `tries` counts attempts
    since it was last asked for; redelivering begins at 0 again.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_due",
            "endpoint_id",
            "next_at",
            sqlite_where=_IS_WAITING,
            postgresql_where=_IS_WAITING,
        ),
        Index("ix_deliveries_endpoint", "endpoint_id", "id"),
        Index("ix_deliveries_event", "event_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoints.id", ondelete="CASCADE")
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    state: Mapped[DeliveryState] = mapped_column(Choice(DeliveryState))
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant, default=now)
    lease: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    endpoint: Mapped[Endpoint] = relationship()
    event: Mapped[Event] = relationship()
    attempts: Mapped[list["Attempt"]] = relationship(
        back_populates="delivery", order_by="Attempt.id"
    )


class Attempt(Base):
    """One attempt at a delivery, noted before it is made.

    `status` is the HTTP status, None if there was no answer. `milliseconds` is None
    until the attempt has ended: for ever, if its worker was killed. `answer` is the
    beginning of the answer's body and `error` says what went wrong, "" if nothing.
    """

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_delivery", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE")
    )
    started_at: Mapped[datetime] = mapped_column(Instant, default=now)
    milliseconds: Mapped[int | None]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")

    delivery: Mapped[Delivery] = relationship(back_populates="attempts")
