"""Owns when periodic jobs run: each at most once at a time, across all workers."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from moderation.storage.models import Job

LEASE_BYTES = 12
LONGEST_RESULT = 1_000
# No job: the row whose `ended_at` is when a worker last looked for work.
WORKER = "worker"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def claim_job(
    session: Session, name: str, *, at: datetime, longest: timedelta
) -> str | None:
    """Take a job that is due, and return the lease; None if it is not, or is taken.

    If this worker is killed, others take it when `longest` is over.
    """
    _ensure_job(session, name, at)
    lease = secrets.token_urlsafe(LEASE_BYTES)
    taken = session.scalar(
        update(Job)
        .where(Job.name == name, Job.next_at <= at)
        .values(lease=lease, next_at=at + longest, started_at=at)
        .returning(Job.name)
    )
    return None if taken is None else lease


def record_run(
    session: Session,
    name: str,
    lease: str,
    *,
    at: datetime,
    next_at: datetime,
    result: str = "",
    error: str = "",
) -> None:
    """Record the end of a run. One whose lease has ended changes nothing."""
    session.execute(
        update(Job)
        .where(Job.name == name, Job.lease == lease)
        .values(
            lease="",
            ended_at=at,
            next_at=next_at,
            result=result[:LONGEST_RESULT],
            error=error[:LONGEST_RESULT],
        )
    )


def is_job_due(session: Session, name: str, *, at: datetime) -> bool:
    """Return whether a job is to be run; one that never ran is."""
    job = session.get(Job, name)
    return job is None or job.next_at <= at


def request_job(session: Session, name: str, *, at: datetime) -> bool:
    """Make a job due now, unless somebody is at it; return whether it is."""
    _ensure_job(session, name, at)
    found = session.scalar(
        update(Job)
        .where(Job.name == name, or_(Job.lease == "", Job.next_at <= at))
        .values(next_at=at)
        .returning(Job.name)
    )
    return found is not None


def note_run(
    session: Session, name: str, *, at: datetime, result: str = "", error: str = ""
) -> None:
    """Note what came of work that is done when there is some, not by the clock."""
    _ensure_job(session, name, NEVER)
    session.execute(
        update(Job)
        .where(Job.name == name)
        .values(
            started_at=at,
            ended_at=at,
            result=result[:LONGEST_RESULT],
            error=error[:LONGEST_RESULT],
        )
    )


def note_worker(session: Session, *, at: datetime) -> None:
    """Note that a worker lives."""
    _ensure_job(session, WORKER, NEVER)
    session.execute(
        update(Job).where(Job.name == WORKER).values(ended_at=at, next_at=NEVER)
    )


def read_jobs(session: Session) -> Mapping[str, Job]:
    """Return what is known of each job that ever ran, and of the worker, by name."""
    return {job.name: job for job in session.scalars(select(Job))}


def _ensure_job(session: Session, name: str, at: datetime) -> None:
    if session.get(Job, name) is None:
        session.add(Job(name=name, next_at=at))
        session.flush()
