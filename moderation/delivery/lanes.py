"""Owns how many hands of a worker one endpoint may hold, so that some stay free."""

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Rush(NamedTuple):
    """What may be begun now: endpoints with no free lane, and if failing ones may."""

    busy: Collection[int]
    may_fail: bool


class Lanes:
    """Counts which endpoints are being sent to.

    An endpoint holds at most half of the hands, and one that fails a single one; all
    that fail together hold at most half. So some are free for those that answer,
    though every address of others hangs.
    """

    def __init__(self, hands: int) -> None:
        self._half = max(1, hands // 2)
        self._lock = threading.Lock()
        self._held: Counter[int] = Counter()
        self._failing: set[int] = set()
        self._hands = hands
        self._working = 0

    @contextmanager
    def hand(self) -> Iterator[None]:
        """Count one more hand as working while the block runs."""
        with self._lock:
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1

    @property
    def has_free_hand(self) -> bool:
        """Whether one more hand could help."""
        return self._working < self._hands

    def survey(self) -> Rush:
        """Return what may be begun now."""
        with self._lock:
            busy = {
                number
                for number, count in self._held.items()
                if count >= (1 if number in self._failing else self._half)
            }
            return Rush(busy=busy, may_fail=len(self._failing) < self._half)

    def enter(self, endpoint_id: int, *, is_failing: bool) -> bool:
        """Hold a lane of an endpoint; return False if it has none free."""
        with self._lock:
            most = 1 if is_failing else self._half
            is_crowded = is_failing and len(self._failing) >= self._half
            if self._held[endpoint_id] >= most or is_crowded:
                return False
            self._held[endpoint_id] += 1
            if is_failing:
                self._failing.add(endpoint_id)
            return True

    def leave(self, endpoint_id: int) -> None:
        """Let go of a lane."""
        with self._lock:
            self._held[endpoint_id] -= 1
            if self._held[endpoint_id] <= 0:
                del self._held[endpoint_id]
            self._failing.discard(endpoint_id)
