from datetime import UTC, datetime, timedelta

import pytest

from moderation.domain.turns import find_turn

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Clear spam is the quickest, then what is clearly honest, then the rest.
        ((0.97, 0), (0.05, 0)),
        ((0.05, 0), (0.5, 0)),
        ((0.97, 10), (0.5, 40)),
        # Of the same kind what came first.
        ((0.5, 3), (0.4, 2)),
        ((0.91, 3), (0.99, 2)),
        # Nobody waits for ever: what came two days earlier comes before clear spam.
        ((0.2, 49), (0.99, 0)),
        ((0.5, 25), (0.01, 0)),
        ((0.01, 25), (0.99, 0)),
    ],
)
def test_quick_decisions_come_first_and_nobody_starves(
    first: tuple[float, int], second: tuple[float, int]
) -> None:
    turns = [
        find_turn(NOW - timedelta(hours=hours), score)
        for score, hours in (first, second)
    ]

    assert turns == sorted(turns)
    assert len(set(turns)) == 2
