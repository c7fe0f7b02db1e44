"""Owns the queue by which a worker is told that there is work: Huey.

The queue holds no work itself, only that there is some: what is to be done stands in
the database. What is lost here, the sweep of the next minute finds.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from moderation.config import Settings

if TYPE_CHECKING:
    from huey import Huey

    from moderation.delivery.engine import Consumer

# How long a worker takes at most to notice that it was told.
POLL_SECONDS = 0.5
# How much later work that can wait is done where more of it comes all the time. Each
# time it is looked for costs as much as a post.
PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Queue:
    """Tells workers which kinds of work there are, and does them in a worker.

    Opened at its first use: most processes have nothing to tell. Of the kinds that are
    `unhurried`, workers are told once in `PAUSE_SECONDS`, however much there is.
    """

    def __init__(
        self,
        settings: Settings,
        kinds: Mapping[str, Callable[[], None]],
        *,
        unhurried: Collection[str] = (),
    ) -> None:
        self._settings = settings
        self._kinds = kinds
        self._lock = threading.Lock()
        self._huey: Huey | None = None
        self._tasks: dict[str, Any] = {}
        self._turns = {kind: Turn() for kind in unhurried}

    def tell(self, kinds: Iterable[str], *, delay_seconds: float = 0.0) -> bool:
        """Tell a worker that there is work, now or in so many seconds.

        Return whether that could be. Never raises: whoever has just saved something
        must not fail for it.
        """
        try:
            self._open()
            for kind in kinds:
                self._tell(kind, delay_seconds)
        except Exception as error:  # noqa: BLE001 each kind of queue has its own errors
            log.warning("worker not told", cause=f"{type(error).__name__}: {error}")
            return False
        return True

    def make_consumer(self, hands: int, stop_seconds: float) -> "Consumer":
        """Return what does the work, in so many threads."""
        from moderation.delivery.engine import (  # noqa: PLC0415 as in _open
            Consumer,
            redirect_complaints,
        )

        redirect_complaints()
        return Consumer(
            self._open(),
            workers=hands,
            periodic=False,
            initial_delay=0.1,
            backoff=1.2,
            max_delay=POLL_SECONDS,
            check_worker_health=False,
            shutdown_timeout=stop_seconds,
        )

    def close(self) -> None:
        """Close the connections, if any."""
        with self._lock:
            if self._huey is not None:
                self._huey.storage.close()

    def _tell(self, kind: str, delay_seconds: float) -> None:
        turn = self._turns.get(kind)
        if turn is not None and delay_seconds <= 0:
            with self._lock:
                found = turn.take(time.monotonic())
            if found is None:
                return
            delay_seconds = found
        if delay_seconds > 0:
            self._tasks[kind].schedule(delay=delay_seconds)
        else:
            self._tasks[kind]()

    def _open(self) -> "Huey":
        # Huey takes almost half a second to import, all that it can work with included.
        from moderation.delivery.engine import make_huey  # noqa: PLC0415

        with self._lock:
            if self._huey is None:
                huey = make_huey(self._settings)
                for kind, work in self._kinds.items():
                    self._tasks[kind] = huey.task(name=kind)(
                        partial(do_safely, work, kind)
                    )
                self._huey = huey
            return self._huey


class Turn:
    """When a kind of work that can wait is looked for next."""

    def __init__(self) -> None:
        self._last = self._due = float("-inf")

    def take(self, at: float) -> float | None:
        """Return in how many seconds to look, from a moment on a clock that only grows.

        None if that is to be done later than that moment already.
        """
        if at < self._due:
            return None
        if at - self._last >= PAUSE_SECONDS:
            self._last = at
            return 0.0
        self._last = self._due = at + PAUSE_SECONDS
        return PAUSE_SECONDS


def do_safely(work: Callable[[], None], kind: str) -> None:
    """Do work of a kind; if it breaks down, log that: the next sweep tries again."""
    try:
        work()
    except Exception:
        log.exception("work failed", kind=kind)
