from datetime import timedelta

import pytest

from moderation.domain.pace import DELAYS, Pace

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def test_the_schedule_is_the_one_we_tell() -> None:
    seconds = [delay.total_seconds() for delay in DELAYS]

    assert seconds == [
        0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tries", "spread", "asked", "expected"),
    [
        (0, 0.0, None, timedelta()),
        (1, 0.0, None, 5 * SECOND),
        # What failed together is spread over a tenth of the time.
        (1, 1.0, None, 5.5 * SECOND),
        (9, 0.0, None, 24 * HOUR),
        # After ten attempts no more.
        (10, 0.0, None, None),
        (10, 0.0, HOUR, None),
        # A receiver may ask for more time, not for less, and for a day at most.
        (1, 0.0, HOUR, HOUR),
        (5, 0.0, SECOND, 5 * HOUR),
        (1, 0.0, 48 * HOUR, 24 * HOUR),
    ],
)
def test_a_failure_is_followed_by_a_wait(
    tries: int,
    spread: float,
    asked: timedelta | None,
    expected: timedelta | None,
) -> None:
    assert Pace().find_delay(tries, spread=spread, asked=asked) == expected


def test_a_lease_outlasts_what_is_done_in_it() -> None:
    pace = Pace()

    # A slow look-up of a name takes up to half a minute.
    longest = pace.batch_seconds + pace.most_seconds + 30
    assert pace.lease.total_seconds() > longest
