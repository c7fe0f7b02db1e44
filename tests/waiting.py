"""Owns how tests wait for what others do."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 10


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Return whether something became so in time."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (holds := is_so()) and time.monotonic() < until:
        time.sleep(0.01)
    return holds
