from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.services.sessions import (
    IDLE,
    LIFETIME,
    SEEN_STEP,
    end_session,
    find_session,
    start_session,
    update_session,
)
from moderation.storage.models import LoginSession, Moderator
from tests.factories import make_moderator

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
DIGEST = b"d" * 32


@pytest.fixture
def moderator(session: Session) -> Moderator:
    return make_moderator(session)


def start(
    session: Session,
    moderator: Moderator,
    *,
    digest: bytes = DIGEST,
    at: datetime = START,
) -> None:
    start_session(
        session,
        digest,
        moderator_id=moderator.id,
        data={"csrf_token": "t"},
        user_agent="browser",
        at=at,
    )


@pytest.mark.parametrize(
    ("at", "is_alive"),
    [
        # Just begun.
        (START, True),
        # The last moment before it was idle too long.
        (START + IDLE - timedelta(seconds=1), True),
        (START + IDLE, False),
        # A clock set back by an hour ends nothing.
        (START - timedelta(hours=1), True),
    ],
)
def test_an_idle_session_ends(
    session: Session, moderator: Moderator, at: datetime, *, is_alive: bool
) -> None:
    start(session, moderator)

    found = find_session(session, DIGEST, at=at)

    assert (found is not None) is is_alive


def test_a_session_in_daily_use_ends_after_its_lifetime(
    session: Session, moderator: Moderator
) -> None:
    start(session, moderator)
    last = START + LIFETIME - timedelta(seconds=1)
    update_session(session, DIGEST, data={}, at=last)

    before = find_session(session, DIGEST, at=last)
    after = find_session(session, DIGEST, at=START + LIFETIME)

    assert before is not None
    assert after is None


@pytest.mark.parametrize(
    ("age", "is_due"),
    [
        (timedelta(seconds=1), False),
        (SEEN_STEP, False),
        (SEEN_STEP + timedelta(seconds=1), True),
    ],
)
def test_that_it_was_seen_is_noted_now_and_then(
    session: Session, moderator: Moderator, age: timedelta, *, is_due: bool
) -> None:
    start(session, moderator)

    found = find_session(session, DIGEST, at=START + age)

    assert found is not None
    assert found.is_seen_long_ago is is_due


def test_an_ended_session_is_gone_and_is_not_revived(
    session: Session, moderator: Moderator
) -> None:
    start(session, moderator)

    end_session(session, DIGEST)
    update_session(session, DIGEST, data={"csrf_token": "t"}, at=START)

    assert find_session(session, DIGEST, at=START) is None


def test_a_new_session_sweeps_away_those_that_are_over(
    session: Session, moderator: Moderator
) -> None:
    start(session, moderator, digest=b"1" * 32)
    start(session, moderator, digest=b"2" * 32, at=START + IDLE / 2)

    start(session, moderator, digest=b"3" * 32, at=START + IDLE)

    left = session.scalars(select(LoginSession.digest)).all()
    assert set(left) == {b"2" * 32, b"3" * 32}


def test_sessions_go_with_their_moderator(
    session: Session, moderator: Moderator
) -> None:
    start(session, moderator)

    session.delete(moderator)
    session.flush()

    assert session.scalar(select(func.count()).select_from(LoginSession)) == 0
