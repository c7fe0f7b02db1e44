from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.turns import share_turn
from tests.factories import make_comment, make_site, make_thread

START = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_first(session: Session, *, status: Status = Status.HELD) -> int:
    thread = make_thread(session, make_site(session))
    first = make_comment(session, thread, status=status)
    first.due_at = START
    session.flush()
    return first.id


def test_comments_that_say_the_same_stand_together(session: Session) -> None:
    first = make_first(session)

    due_at = share_turn(session, START + 5 * HOUR, Status.HELD, first)

    assert due_at == START


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Status.APPROVED, Status.HELD),
        (Status.SPAM, Status.HELD),
        (Status.HELD, Status.APPROVED),
        (Status.HELD, Status.SPAM),
    ],
)
def test_what_does_not_wait_shares_no_turn(
    session: Session, first: Status, second: Status
) -> None:
    twin = make_first(session, status=first)

    due_at = share_turn(session, START + 5 * HOUR, second, twin)

    assert due_at == START + 5 * HOUR


def test_a_flood_of_weeks_overtakes_nobody_for_ever(session: Session) -> None:
    first = make_first(session)

    due_at = share_turn(session, START + 49 * HOUR, Status.HELD, first)

    assert due_at == START + 49 * HOUR


@pytest.mark.parametrize(
    "twin",
    [
        # There is none; and it was deleted meanwhile.
        None,
        99,
    ],
)
def test_without_a_twin_the_turn_is_its_own(session: Session, twin: int | None) -> None:
    due_at = share_turn(session, START, Status.HELD, twin)

    assert due_at == START
