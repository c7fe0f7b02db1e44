"""Limits counted in one process: exact, by any clock, and forgotten in time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from moderation.web.windows import SWEEP_SECONDS, Windows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT, MINUTE = 3, 60


def hit(windows: Windows, seconds: float, *, key: str = "a", amount: int = 1) -> bool:
    """Count somebody some seconds after noon; return whether that was in order."""
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        return windows.acquire_entry(key, LIMIT, MINUTE, amount)


@pytest.fixture
def windows() -> Windows:
    with time_machine.travel(NOON, tick=False):
        return Windows()


@pytest.mark.parametrize(
    ("seconds", "answers"),
    [
        # As often as one may, and not once more.
        ([0, 1, 2, 3], [True, True, True, False]),
        # The window moves: the first hit is over after a minute, the second is not.
        ([0, 30, 30, 60.5, 61], [True, True, True, True, False]),
        # Who is refused is not counted, and need not wait for longer.
        ([0, 1, 2, 59, 60.5], [True, True, True, False, True]),
        # To the end of its minute a hit counts.
        ([0, 0, 0, 60], [True, True, True, False]),
        # The clock was put back an hour: what was counted stands.
        ([0, 1, -3600, -3599], [True, True, True, False]),
        # It stands for a minute by the new time, not until the old one is reached.
        ([0, 1, 2, -3600, -3541, -3539], [True, True, True, False, False, True]),
        # A day later nothing of it does.
        ([0, 1, -3600, 86_400, 86_401, 86_402], [True] * 6),
    ],
)
def test_how_often_is_too_often(
    windows: Windows, seconds: list[float], answers: list[bool]
) -> None:
    assert [hit(windows, second) for second in seconds] == answers


def test_nobody_is_counted_for_another(windows: Windows) -> None:
    assert hit(windows, 0, key="a", amount=LIMIT)
    assert hit(windows, 1, key="b")
    assert not hit(windows, 1, key="a")


def test_what_costs_more_than_is_left_is_not_counted(windows: Windows) -> None:
    hit(windows, 0, amount=2)

    refused = hit(windows, 1, amount=2)

    assert not refused
    assert hit(windows, 2)


@pytest.mark.parametrize(
    ("later", "told"),
    [
        # What still counts, and since when.
        (10, (0, 2)),
        (62, (5, 1)),
        # Nothing: as if it began now.
        (70, (70, 0)),
    ],
)
def test_what_is_told_of_a_window(
    windows: Windows, later: float, told: tuple[float, int]
) -> None:
    hit(windows, 0)
    hit(windows, 5)

    with time_machine.travel(NOON + timedelta(seconds=later), tick=False):
        start, count = windows.get_moving_window("a", LIMIT, MINUTE)

    assert (start - NOON.timestamp(), count) == told
    assert windows.get_moving_window("unknown", LIMIT, MINUTE)[1] == 0


def test_those_who_came_once_are_forgotten(windows: Windows) -> None:
    for number in range(100):
        hit(windows, 0, key=f"visitor {number}")
    hit(windows, 10, key="late")

    hit(windows, SWEEP_SECONDS + 1, key="next")

    assert windows.count_windows() == 2
    assert windows.get_moving_window("late", LIMIT, 10**9)[1] == 1


def test_some_or_all_can_be_forgotten(windows: Windows) -> None:
    for key in "abc":
        hit(windows, 0, key=key, amount=LIMIT)

    windows.clear("a")

    assert hit(windows, 1, key="a")
    assert not hit(windows, 1, key="b")
    assert windows.reset() == 3
    assert hit(windows, 2, key="b")
