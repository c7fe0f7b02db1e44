from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.turns import share_turn
from moderation.storage.models import Comment
from tests.factories import make_comment, make_site, make_thread

START = datetime(2026, 5, 1, tzinfo=UTC)


def make_pair(session: Session, *, hours: float) -> tuple[Comment, Comment]:
    thread = make_thread(session, make_site(session))
    first, second = make_comment(session, thread), make_comment(session, thread)
    first.due_at, second.due_at = START, START + timedelta(hours=hours)
    session.flush()
    return first, second


def test_comments_that_say_the_same_stand_together(session: Session) -> None:
    first, second = make_pair(session, hours=5)

    share_turn(session, second, first.id)

    assert second.due_at == START


@pytest.mark.parametrize("status", [Status.APPROVED, Status.SPAM])
@pytest.mark.parametrize("index", [0, 1])
def test_what_does_not_wait_shares_no_turn(
    session: Session, status: Status, index: int
) -> None:
    pair = make_pair(session, hours=5)
    pair[index].status = status

    share_turn(session, pair[1], pair[0].id)

    assert pair[1].due_at == START + timedelta(hours=5)


def test_a_flood_of_weeks_overtakes_nobody_for_ever(session: Session) -> None:
    first, second = make_pair(session, hours=49)

    share_turn(session, second, first.id)

    assert second.due_at == START + timedelta(hours=49)


def test_without_a_twin_the_turn_is_its_own(session: Session) -> None:
    _, second = make_pair(session, hours=5)

    share_turn(session, second, None)

    assert second.due_at == START + timedelta(hours=5)
