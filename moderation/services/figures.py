"""Owns the figures that say how much waits, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.jobs import WORKER
from moderation.storage.models import (
    Comment,
    Delivery,
    DeliveryState,
    Job,
    Mail,
    MailState,
    Site,
)
from moderation.storage.models.comment import IS_WAITING


@dataclass(frozen=True, kw_only=True)
class SiteQueue:
    """How many comments of a site wait for a moderator, and since when the oldest.

    `oldest_at` is None if only comments of the audit sample wait.
    """

    site: str
    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """How much is to be sent: `due` of what is `waiting`, the oldest since then."""

    waiting: int = 0
    due: int = 0
    oldest_due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What waits at one moment.

    `queues` are those of the sites where most waits; `waiting` is the sum of all
    sites. `worker_seen_at` is None if none ever was.
    """

    queues: Sequence[SiteQueue]
    waiting: int
    deliveries: Backlog
    mails: Backlog
    worker_seen_at: datetime | None
    failed_jobs: int


def read_figures(session: Session, *, at: datetime, most_sites: int) -> Figures:
    """Return what waits, by indexes that hold only what does."""
    counts = session.execute(
        select(Comment.site_id, func.count().label("number"))
        .where(IS_WAITING)
        .group_by(Comment.site_id)
        .order_by(func.count().desc(), Comment.site_id)
    ).all()
    return Figures(
        queues=[
            _describe_queue(session, row.site_id, row.number)
            for row in counts[:most_sites]
        ],
        waiting=sum(row.number for row in counts),
        deliveries=_read_deliveries(session, at),
        mails=_read_mails(session, at),
        worker_seen_at=session.scalar(select(Job.ended_at).where(Job.name == WORKER)),
        failed_jobs=session.scalar(select(func.count()).where(Job.error != "")) or 0,
    )


def _describe_queue(session: Session, site_id: int, waiting: int) -> SiteQueue:
    oldest = select(func.min(Comment.created_at)).where(
        Comment.site_id == site_id, Comment.status == Status.HELD
    )
    return SiteQueue(
        site=session.get_one(Site, site_id).key,
        waiting=waiting,
        oldest_at=session.scalar(oldest),
    )


def _read_deliveries(session: Session, at: datetime) -> Backlog:
    is_waiting = Delivery.state == DeliveryState.WAITING
    is_due = Delivery.next_at <= at
    return Backlog(
        waiting=session.scalar(select(func.count()).where(is_waiting)) or 0,
        due=session.scalar(select(func.count()).where(is_waiting, is_due)) or 0,
        oldest_due_at=session.scalar(
            select(func.min(Delivery.next_at)).where(is_waiting, is_due)
        ),
    )


def _read_mails(session: Session, at: datetime) -> Backlog:
    is_waiting = Mail.state == MailState.WAITING
    is_due = Mail.next_at <= at
    return Backlog(
        waiting=session.scalar(select(func.count()).where(is_waiting)) or 0,
        due=session.scalar(select(func.count()).where(is_waiting, is_due)) or 0,
        oldest_due_at=session.scalar(
            select(func.min(Mail.next_at)).where(is_waiting, is_due)
        ),
    )
