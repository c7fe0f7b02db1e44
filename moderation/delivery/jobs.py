"""Owns the list of periodic jobs, and how one is run."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from moderation.config import Settings
from moderation.delivery.log_watch import watch_log
from moderation.delivery.notifier import DIGEST, write_digests
from moderation.delivery.upkeep import (
    back_up,
    forget_old,
    forget_sent,
    keep_short,
    look_after,
    put_in_order,
)
from moderation.services.jobs import claim_job, is_job_due, note_worker, record_run
from moderation.storage.models import Job
from moderation.storage.models.base import now
from moderation.storage.session import Database

# Returns what it did, in one line.
Work = Callable[[Database, Settings], str]

# By itself.
NEVER = timedelta(days=36_500)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class PeriodicJob:
    """Work that is done every so often, by one worker at a time.

    It is asked for at the next minute after `every` has passed. `longest` is after
    what time a run counts as dead, and another worker may begin: a run has to end
    before. `work` opens its own transactions, short ones. `is_on_request`: it is not
    run until somebody asks for it.
    """

    name: str
    every: timedelta
    work: Work
    longest: timedelta = timedelta(hours=1)
    is_on_request: bool = False


JOBS: Sequence[PeriodicJob] = (
    # The worker does this each minute, and when told of comments that are held.
    PeriodicJob(name=DIGEST, every=NEVER, work=write_digests, is_on_request=True),
    PeriodicJob(name="forget-sent", every=timedelta(hours=6), work=forget_sent),
    PeriodicJob(name="forget-expired", every=timedelta(hours=6), work=forget_old),
    PeriodicJob(name="retention", every=timedelta(hours=6), work=keep_short),
    PeriodicJob(name="backup", every=timedelta(hours=1), work=back_up),
    PeriodicJob(name="tidy", every=timedelta(days=7), work=look_after),
    # After somebody was erased.
    PeriodicJob(name="scrub", every=NEVER, work=put_in_order, is_on_request=True),
)


class JobRunner:
    """Runs the jobs that are due."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        jobs: Sequence[PeriodicJob],
        *,
        is_stopping: threading.Event,
    ) -> None:
        self._database = database
        self._settings = settings
        self._jobs = jobs
        self._is_stopping = is_stopping

    def run(self) -> None:
        """Say that a worker lives, and run the jobs; before, see to the log.

        On a full disk what the log takes may be what is wanted to say anything.
        """
        watch_log(self._database, self._settings.data_dir)
        with self._database.write() as session:
            note_worker(session, at=now())
        self.run_due()

    def run_due(self) -> None:
        """Run each job that is due and that nobody else is at."""
        for job in self._jobs:
            if self._is_stopping.is_set():
                return
            self._run_if_due(job)

    def _run_if_due(self, job: PeriodicJob) -> None:
        begun = now()
        with self._database.read() as session:
            if job.is_on_request and session.get(Job, job.name) is None:
                return
            if not is_job_due(session, job.name, at=begun):
                return
        with self._database.write() as session:
            lease = claim_job(session, job.name, at=begun, longest=job.longest)
        if lease is None:
            return
        result, error = "", ""
        try:
            result = job.work(self._database, self._settings)
        except Exception as problem:
            log.exception("job failed", job=job.name)
            error = f"It broke down ({type(problem).__name__}); the log has more."
        with self._database.write() as session:
            record_run(
                session,
                job.name,
                lease,
                at=now(),
                next_at=begun + job.every,
                result=result,
                error=error,
            )
