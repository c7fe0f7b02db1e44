"""Owns the worker: threads that send webhooks and mail, and run periodic jobs."""

import threading
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from moderation.config import Settings
from moderation.delivery.jobs import JOBS, JobRunner, PeriodicJob
from moderation.delivery.mailer import Mailer
from moderation.delivery.queue import Queue
from moderation.delivery.sender import Sender
from moderation.delivery.transport import Transport
from moderation.domain.pace import Pace
from moderation.services.events import DELIVERIES
from moderation.services.mails import MAILS
from moderation.storage.session import Database

if TYPE_CHECKING:
    from moderation.delivery.engine import Consumer

# Where an app keeps its worker.
WORKER = "moderation.worker"
JOBS_KIND = "jobs"
# Threads that wait for others' servers most of the time.
HANDS = 8
# After the web server's eight; Docker kills after ten. What is not sent by then is
# sent by the next worker.
STOP_SECONDS = 2.0


class Worker:
    """Does what the outbox holds, told by the queue or by its own sweep each minute.

    Made with every app, since who serves a request tells it of work; it does nothing
    before `start`. Killed at any moment, it loses nothing: what it had in hand is
    taken up by the next one when its lease ends.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        transport: Transport | None = None,
        pace: Pace | None = None,
        jobs: Sequence[PeriodicJob] = JOBS,
    ) -> None:
        pace = pace or Pace()
        self.database = database
        self._is_stopping = threading.Event()
        self._consumer: Consumer | None = None
        self.sender = Sender(
            database,
            transport
            or Transport(
                allowed=settings.webhook_allow, total_seconds=pace.most_seconds
            ),
            base_url=settings.base_url,
            pace=pace,
            hands=HANDS,
            wake=self._wake,
            is_stopping=self._is_stopping,
        )
        self.mailer = Mailer(
            database,
            url=settings.smtp_url,
            find_sender=lambda: settings.sender,
            pace=pace,
            is_stopping=self._is_stopping,
        )
        self.jobs = JobRunner(database, settings, jobs, is_stopping=self._is_stopping)
        kinds = {
            DELIVERIES: self.sender.run,
            MAILS: self.mailer.run,
            JOBS_KIND: self.jobs.run,
        }
        self._kinds = frozenset(kinds)
        self._queue = Queue(settings, kinds)

    def tell(self, kinds: AbstractSet[str]) -> None:
        """Tell whichever worker runs that there is work. Never raises."""
        self._queue.tell(kinds)

    def start(self) -> None:
        """Begin to work, in threads of this process."""
        self._consumer = self._queue.make_consumer(HANDS, STOP_SECONDS)
        # What was left by a worker before us is not to wait for the sweep.
        self.tell(self._kinds)
        self._consumer.start()

    def stop(self) -> None:
        """End what is being sent, and begin nothing more.

        What does not end in time ends with the process; others do it again.
        """
        self._is_stopping.set()
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
        self._queue.close()

    def _wake(self, delay_seconds: float) -> None:
        self._queue.tell({DELIVERIES}, delay_seconds=delay_seconds)
