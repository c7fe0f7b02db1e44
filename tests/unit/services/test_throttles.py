from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import TooManyAttemptsError
from moderation.services.throttles import (
    MEMORY,
    Pace,
    forgive_attempts,
    return_attempt,
    take_attempt,
)
from moderation.storage.models import LoginThrottle
from moderation.storage.session import Database

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEY, OTHER = b"k" * 32, b"o" * 32
PACE = Pace(free=3, first_seconds=10, longest_seconds=60)


def wait(session: Session, *, at: datetime = START, key: bytes = KEY) -> int:
    """Return the seconds an attempt has to wait, 0 if it was taken."""
    try:
        take_attempt(session, {key: PACE}, at=at)
    except TooManyAttemptsError as error:
        return error.wait_seconds
    return 0


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 0), (2, 0), (3, 10), (4, 20), (5, 40), (6, 60), (10_000, 60)],
)
def test_the_wait_doubles_up_to_the_longest(attempts: int, seconds: int) -> None:
    assert PACE.find_wait(attempts) == timedelta(seconds=seconds)


def test_after_the_free_ones_each_attempt_waits_longer(session: Session) -> None:
    free = [wait(session) for _ in range(3)]
    too_soon = wait(session, at=START + timedelta(seconds=9))
    in_time = wait(session, at=START + timedelta(seconds=10))
    again = wait(session, at=START + timedelta(seconds=11))

    assert (free, too_soon, in_time, again) == ([0, 0, 0], 1, 0, 19)


def test_an_attempt_that_was_refused_does_not_count(session: Session) -> None:
    for _ in range(3):
        wait(session)

    for _ in range(50):
        wait(session, at=START + timedelta(seconds=1))

    assert wait(session, at=START + timedelta(seconds=10)) == 0


def test_of_two_keys_the_longer_wait_holds_and_the_other_is_not_counted(
    session: Session,
) -> None:
    for _ in range(3):
        wait(session)

    with pytest.raises(TooManyAttemptsError):
        take_attempt(session, {KEY: PACE, OTHER: PACE}, at=START)

    rows = select(LoginThrottle.attempts).where(LoginThrottle.key == OTHER)
    assert session.scalar(rows) in {0, None}


def test_a_success_forgets_its_own_and_takes_one_back_of_the_shared(
    session: Session,
) -> None:
    for _ in range(3):
        wait(session)
        wait(session, key=OTHER)

    forgive_attempts(session, [KEY])
    return_attempt(session, OTHER, at=START)

    assert [wait(session) for _ in range(3)] == [0, 0, 0]
    assert [wait(session, key=OTHER) for _ in range(2)] == [0, 10]


def test_after_a_day_all_is_forgotten(session: Session) -> None:
    for _ in range(3):
        wait(session)

    later = START + MEMORY + timedelta(seconds=1)
    assert [wait(session, at=later) for _ in range(3)] == [0, 0, 0]
    count = session.scalar(select(func.count()).select_from(LoginThrottle))
    assert count == 1


def test_a_clock_set_back_locks_nobody_out(session: Session) -> None:
    for _ in range(3):
        wait(session)

    assert wait(session, at=START - timedelta(hours=1)) == 0


@pytest.fixture
def other_process(database: Database) -> Iterator[Database]:
    database = Database(str(database.url))
    yield database
    database.close()


def test_of_many_at_once_no_more_get_through_than_one_by_one(
    database: Database, other_process: Database
) -> None:
    def guess(number: int) -> int:
        source = database if number % 2 else other_process
        try:
            with source.write() as session:
                take_attempt(session, {KEY: PACE}, at=START)
        except TooManyAttemptsError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(guess, range(24)))

    assert taken == 3
