from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.services.links import LIFETIMES, find_link, make_link, take_link
from moderation.storage.models import LinkPurpose

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
EMAIL = "alice@example.org"


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_can_be_looked_at_often_and_used_once(
    session: Session, purpose: LinkPurpose
) -> None:
    token = make_link(session, purpose, email=EMAIL, at=START)

    for _ in range(3):
        assert find_link(session, purpose, token, at=START).email == EMAIL
    assert take_link(session, purpose, token, at=START).email == EMAIL
    with pytest.raises(NotFoundError):
        take_link(session, purpose, token, at=START)


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_is_good_for_its_time(session: Session, purpose: LinkPurpose) -> None:
    token = make_link(session, purpose, email=EMAIL, at=START)
    end = START + LIFETIMES[purpose]

    last = find_link(session, purpose, token, at=end - timedelta(seconds=1))
    assert last.email == EMAIL
    with pytest.raises(NotFoundError):
        find_link(session, purpose, token, at=end)


def test_a_link_is_good_for_its_purpose_alone(session: Session) -> None:
    token = make_link(session, LinkPurpose.INVITATION, email=EMAIL, at=START)

    with pytest.raises(NotFoundError):
        take_link(session, LinkPurpose.RESET, token, at=START)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é", "a" * 5_000, "\ud800"])
def test_a_token_of_ones_own_making_opens_nothing(session: Session, token: str) -> None:
    make_link(session, LinkPurpose.RESET, email=EMAIL, at=START)

    with pytest.raises(NotFoundError):
        find_link(session, LinkPurpose.RESET, token, at=START)


def test_the_database_holds_no_token(session: Session) -> None:
    token = make_link(session, LinkPurpose.RESET, email=EMAIL, at=START)

    assert token not in str(session.execute(text("SELECT * FROM account_links")).all())
