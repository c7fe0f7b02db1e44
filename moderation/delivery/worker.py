"""Owns the worker: threads that send webhooks and mail, and run periodic jobs."""

import threading
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import structlog

from moderation.config import Settings
from moderation.delivery.importer import Importer
from moderation.delivery.jobs import JOBS, JobRunner, PeriodicJob
from moderation.delivery.mailer import Mailer
from moderation.delivery.notifier import Notifier
from moderation.delivery.opinions import Asker, make_classifiers
from moderation.delivery.queue import Queue, do_safely
from moderation.delivery.sender import Sender
from moderation.delivery.transport import Transport
from moderation.domain.pace import Pace
from moderation.services.comment_notices import NOTICES
from moderation.services.events import DELIVERIES
from moderation.services.imports.uploads import UPLOADS
from moderation.services.mails import MAILS
from moderation.services.opinions import OPINIONS
from moderation.services.sealing import Sealer
from moderation.storage.session import Database

if TYPE_CHECKING:
    from moderation.delivery.engine import Consumer

# Where an app keeps its worker.
WORKER = "moderation.worker"
JOBS_KIND = "jobs"
# Of what comes with every comment, and ends in mails.
UNHURRIED = frozenset({NOTICES})
# Threads that wait for others' servers most of the time.
HANDS = 8
# After the web server's eight; Docker kills after ten. What is not sent by then is
# sent by the next worker.
STOP_SECONDS = 2.0
SWEEP_SECONDS = 60.0

log = structlog.get_logger(__name__)


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
        self.sender = self._make_sender(settings, transport, pace)
        self.mailer = Mailer(
            database,
            url=settings.smtp_url,
            find_sender=lambda: settings.sender,
            pace=pace,
            is_stopping=self._is_stopping,
        )
        self.notifier = Notifier(database, settings, is_stopping=self._is_stopping)
        self.jobs = JobRunner(database, settings, jobs, is_stopping=self._is_stopping)
        self._kinds = self._list_kinds(settings)
        self._queue = Queue(settings, self._kinds, unhurried=UNHURRIED)
        self._sweeper = threading.Thread(target=self._sweep, name="Sweep", daemon=True)

    def tell(self, kinds: AbstractSet[str]) -> None:
        """Tell whichever worker runs that there is work. Never raises."""
        self._queue.tell(kinds)

    def start(self) -> None:
        """Begin to work, in threads of this process."""
        self._start_hands()
        self._sweeper.start()

    def stop(self) -> None:
        """End what is being sent, and begin nothing more.

        What does not end in time ends with the process; others do it again.
        """
        self._is_stopping.set()
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
        self._sweeper.join(STOP_SECONDS)
        self._queue.close()

    def _make_sender(
        self, settings: Settings, transport: Transport | None, pace: Pace
    ) -> Sender:
        return Sender(
            self.database,
            transport
            or Transport(
                allowed=settings.webhook_allow, total_seconds=pace.most_seconds
            ),
            base_url=settings.base_url,
            sealer=Sealer(settings.signing_keys),
            pace=pace,
            hands=HANDS,
            wake=self._wake,
            is_stopping=self._is_stopping,
        )

    def _list_kinds(self, settings: Settings) -> Mapping[str, Callable[[], None]]:
        """Return what does each kind of work."""
        return {
            DELIVERIES: self.sender.run,
            NOTICES: self.notifier.run,
            MAILS: self.mailer.run,
            OPINIONS: self._make_asker(settings).run,
            UPLOADS: self._make_importer(settings).run,
            JOBS_KIND: self.jobs.run,
        }

    def _make_importer(self, settings: Settings) -> Importer:
        return Importer(
            database=self.database,
            data_dir=settings.data_dir,
            is_stopping=self._is_stopping,
        )

    def _make_asker(self, settings: Settings) -> Asker:
        return Asker(
            self.database,
            make_classifiers(settings),
            wake=lambda delay: self._wake(delay, OPINIONS),
            is_stopping=self._is_stopping,
        )

    def _start_hands(self) -> None:
        """Begin to listen to the queue, if it is there."""
        try:
            consumer = self._queue.make_consumer(HANDS, STOP_SECONDS)
            consumer.start()
        except Exception as error:  # noqa: BLE001 each kind of queue has its own errors
            cause = f"{type(error).__name__}: {error}"
            log.error("no queue: work is looked for once a minute", cause=cause)  # noqa: TRY400 expected
        else:
            self._consumer = consumer

    def _sweep(self) -> None:
        """Look for work at once and each minute: what nobody was told of is done, too.

        Without the queue this one thread does all.
        """
        is_over = False
        while not is_over:
            if self._consumer is None or not self._queue.tell(self._kinds):
                for kind, work in self._kinds.items():
                    do_safely(work, kind)
            is_over = self._is_stopping.wait(SWEEP_SECONDS)
            if self._consumer is None and not is_over:
                self._start_hands()

    def _wake(self, delay_seconds: float, kind: str = DELIVERIES) -> None:
        self._queue.tell({kind}, delay_seconds=delay_seconds)
