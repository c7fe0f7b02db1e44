"""Owns when a failed delivery or mail is tried again, and when it is given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)

# Standard Webhooks 1.0.0, "Deliverability and reliability": how long to wait before
# each attempt. All together a little more than three days.
DELAYS = (
    0 * _SECOND,
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
# What failed together is not tried again together.
JITTER = 0.1
LONGEST_DELAY = 24 * _HOUR


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How the worker goes about what may fail.

    `lease`: for how long nobody else takes what one worker has taken. It is longer
    than `most_seconds` for one request and a slow look-up of its name, together with
    the `batch_seconds` after which a worker begins nothing more of what it took.
    `patience`: how long an endpoint may fail before it is disabled.
    """

    delays: Sequence[timedelta] = DELAYS
    lease: timedelta = timedelta(seconds=90)
    most_seconds: float = 15.0
    batch_seconds: float = 10.0
    patience: timedelta = timedelta(days=5)

    def find_delay(
        self, tries: int, *, spread: float, asked: timedelta | None = None
    ) -> timedelta | None:
        """Return how long to wait after `tries` failures, None to give up.

        `spread` (0 to 1) is drawn by chance. `asked` is what the receiver asked for;
        it is obeyed, up to a day.
        """
        if tries >= len(self.delays):
            return None
        delay = self.delays[tries] * (1 + JITTER * spread)
        return max(delay, min(asked, LONGEST_DELAY)) if asked else delay
