"""Owns the sending of webhooks: takes what is due, sends it, records the outcome."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from moderation.delivery.lanes import Lanes
from moderation.delivery.messages import make_event_body, make_headers
from moderation.delivery.outcomes import (
    Outcome,
    describe_answer,
    describe_breakdown,
    describe_failure,
)
from moderation.delivery.transport import FetchError, Transport
from moderation.domain.pace import Pace
from moderation.services.deliveries import (
    Batch,
    DueEndpoint,
    Parcel,
    claim_deliveries,
    claim_one,
    find_due_endpoint,
    find_next_due,
    release_deliveries,
)
from moderation.services.delivery_results import Result, record_results
from moderation.services.endpoint_keys import UnreadableSecretError, unseal_endpoint
from moderation.services.sealing import Sealer
from moderation.storage.models.base import now
from moderation.storage.session import Database, note_count

# What is to be tried again later than this, the sweep finds.
SOON_SECONDS = 60.0
# Runs this close to each other are one.
SLACK_SECONDS = 1.0

# Asks for another run in so many seconds.
Wake = Callable[[float], None]

log = structlog.get_logger(__name__)


class Sender:
    """Sends deliveries, from as many threads as call `run`.

    Nothing is sent inside a transaction, nor what was not claimed in one before.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        *,
        base_url: str,
        sealer: Sealer,
        pace: Pace,
        hands: int,
        wake: Wake,
        is_stopping: threading.Event,
    ) -> None:
        self._database = database
        self._transport = transport
        self._base_url = base_url
        self._sealer = sealer
        self._pace = pace
        self._lanes = Lanes(hands)
        self._wake = wake
        self._is_stopping = is_stopping
        self._lock = threading.Lock()
        # When the next run that was asked for begins, by `time.monotonic`.
        self._woken_at = 0.0

    def run(self) -> None:
        """Send what is due, until there is nothing that has a free lane."""
        with self._lanes.hand():
            while not self._is_stopping.is_set():
                due = self._choose()
                if due is None:
                    self._wake_for_next()
                    return
                try:
                    self._serve(due)
                finally:
                    self._lanes.leave(due.id)

    def send_one(self, delivery_id: int) -> Result | None:
        """Send one delivery if it is due, and return what came of it."""
        with self._database.write() as session:
            batch = claim_one(session, delivery_id, at=now(), pace=self._pace)
        if batch is None:
            return None
        return self.send_batch(batch)[0]

    def send_batch(self, batch: Batch) -> Sequence[Result]:
        """Send what was claimed, record and return what came of it.

        Ends early at the first failure, when the worker stops, or when it has taken
        long: the rest is given back.
        """
        until = time.monotonic() + self._pace.batch_seconds
        results: list[Result] = []
        try:
            for parcel in batch.parcels:
                results.append(self._send(batch, parcel))
                if not results[-1].has_arrived or time.monotonic() > until:
                    break
                if self._is_stopping.is_set():
                    break
        finally:
            self._record(batch, results)
        return results

    def _choose(self) -> DueEndpoint | None:
        """Return an endpoint to send to, one of its lanes held; None for none."""
        while True:
            due = self._find_due()
            if due is None or self._lanes.enter(due.id, is_failing=due.is_failing):
                return due

    def _find_due(self) -> DueEndpoint | None:
        busy, may_fail = self._lanes.survey()
        with self._database.read() as session:
            return find_due_endpoint(session, at=now(), busy=busy, may_fail=may_fail)

    def _serve(self, due: DueEndpoint) -> None:
        """Send what is due to one endpoint; ask for help if others wait meanwhile."""
        with self._database.write() as session:
            batch = claim_deliveries(session, due.id, at=now(), pace=self._pace)
        if batch is None:
            return
        if self._lanes.has_free_hand and self._find_due() is not None:
            self._wake(0)
        self.send_batch(batch)

    def _send(self, batch: Batch, parcel: Parcel) -> Result:
        begun = time.monotonic()
        outcome = self._try(batch, parcel)
        return outcome.conclude(
            parcel,
            milliseconds=round((time.monotonic() - begun) * 1_000),
            at=now(),
            pace=self._pace,
        )

    def _try(self, batch: Batch, parcel: Parcel) -> Outcome:
        endpoint, event, at = batch.endpoint, parcel.event, now()
        try:
            unsealed = unseal_endpoint(endpoint, sealer=self._sealer, at=at)
            body = make_event_body(endpoint, event, base_url=self._base_url)
            answer = self._transport.send(
                endpoint.url,
                headers=make_headers(unsealed, event, body, at=at),
                body=body.text.encode(),
            )
        except (FetchError, UnreadableSecretError) as error:
            return describe_failure(error)
        except Exception as error:
            # One delivery must not stop all others.
            log.exception("delivery broke down", delivery=parcel.delivery_id)
            return describe_breakdown(error)
        return describe_answer(answer, at=at)

    def _wake_for_next(self) -> None:
        """Ask for a run when the next is due, or the lease of a dead worker ends."""
        with self._database.read() as session:
            self._wake_at(find_next_due(session, at=now()))

    def _wake_at(self, moment: datetime | None) -> None:
        """Ask for a run at a moment that is soon, unless one is asked for before."""
        if moment is None:
            return
        delay = max(0.0, (moment - now()).total_seconds())
        begun = time.monotonic()
        with self._lock:
            is_asked = begun < self._woken_at < begun + delay + SLACK_SECONDS
            if delay >= SOON_SECONDS or is_asked:
                return
            self._woken_at = begun + delay
        self._wake(delay)

    def _record(self, batch: Batch, results: Sequence[Result]) -> None:
        at = now()
        left = batch.parcels[len(results) :]
        with self._database.write() as session:
            record_results(
                session, batch, results, at=at, pace=self._pace, base_url=self._base_url
            )
            release_deliveries(session, batch, left, at=at)
            for result in results:
                note_count(session, "deliveries", result.outcome)
                note_count(session, "sending", number=result.milliseconds / 1_000)
        again = [result.next_at for result in results if result.next_at is not None]
        self._wake_at(min(again, default=None))
        for result in results:
            if not result.has_arrived:
                log.info(
                    "delivery failed",
                    endpoint=batch.endpoint.id,
                    delivery=result.parcel.delivery_id,
                    tries=result.parcel.tries,
                    status=result.status,
                )
