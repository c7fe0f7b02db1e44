"""Owns counting for limits in this process: exact, and forgotten when it is over.

In place of the storage in memory that comes with `limits` (5.8): while something is
counted, that one starts a thread every 10 ms which looks at every address it ever
counted, and it keeps all of them for good.
"""

import threading
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from limits.storage import MovingWindowSupport, Storage

SCHEME = "windows"
# Addresses that say nothing any more are forgotten this often, and not at each hit:
# all that are known have to be looked at.
SWEEP_SECONDS = 60


@dataclass(kw_only=True, slots=True)
class Window:
    """When somebody was counted, the oldest first, and after how long it is over."""

    seconds: float
    hits: list[float] = field(default_factory=list)

    def forget(self, now: float) -> None:
        """Drop what is over.

        What a clock that was put back makes a thing of the future counts from now on:
        else who used up a minute would have to wait for an hour.
        """
        if self.hits and self.hits[-1] > now:
            self.hits = [min(hit, now) for hit in self.hits]
        del self.hits[: bisect_left(self.hits, now - self.seconds)]


class Windows(Storage, MovingWindowSupport):
    """The windows of all that are counted; only moving ones."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 as its parent has it

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,  # noqa: FBT001, FBT002 as its parent has it
        **options: float | str | bool,
    ) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._lock = threading.Lock()
        self._windows: dict[str, Window] = {}
        self._swept_at = time.time()

    def count_windows(self) -> int:
        """Return how many windows are kept.

        Were it `__len__`, Flask-Limiter would take an empty storage for none.
        """
        return len(self._windows)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong here: nothing but mistakes of ours."""
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count somebody `amount` times, and return True, unless that is too often."""
        now = time.time()
        with self._lock:
            if not 0 <= now - self._swept_at < SWEEP_SECONDS:
                self._sweep(now)
            window = self._windows.setdefault(key, Window(seconds=expiry))
            window.forget(now)
            hits = window.hits
            if len(hits) + amount > limit:
                return False
            hits.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the oldest hit that still counts was, or now, and how many do."""
        del limit
        now = time.time()
        with self._lock:
            window = self._windows.get(key)
            hits = [] if window is None else window.hits
            over = bisect_right(hits, now - expiry)
            return (hits[over] if over < len(hits) else now), len(hits) - over

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Raise: windows that stand still are not counted here."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Raise, as above."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Raise, as above."""
        raise NotImplementedError

    def check(self) -> bool:
        """Return that all is well."""
        return True

    def reset(self) -> int | None:
        """Forget everybody, and return how many windows that were."""
        with self._lock:
            number = len(self._windows)
            self._windows.clear()
        return number

    def clear(self, key: str) -> None:
        """Forget somebody."""
        with self._lock:
            self._windows.pop(key, None)

    def _sweep(self, now: float) -> None:
        """Forget whose last hit is over."""
        self._swept_at = now
        over = [
            key
            for key, window in self._windows.items()
            if not window.hits or window.hits[-1] < now - window.seconds
        ]
        for key in over:
            del self._windows[key]
