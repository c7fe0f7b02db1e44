import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.access import load_actor
from moderation.services.moderators import add_moderator
from moderation.storage.models import Moderator
from tests.factories import make_site


def test_a_second_call_adds_a_role_and_no_second_moderator(session: Session) -> None:
    site = make_site(session)
    add_moderator(session, email="Alice@Example.org", password_hash="h")

    moderator = add_moderator(
        session, email="alice@example.org", role=Role.VIEWER, site_key="blog"
    )

    assert session.scalar(select(func.count()).select_from(Moderator)) == 1
    assert moderator.password == "h"
    actor = load_actor(session, moderator.id)
    assert actor.roles == {None: Role.MODERATOR, site.id: Role.VIEWER}


def test_a_role_given_again_is_replaced(session: Session) -> None:
    add_moderator(session, email="alice@example.org", role=Role.VIEWER)

    moderator = add_moderator(session, email="alice@example.org", role=Role.OWNER)

    assert load_actor(session, moderator.id).roles == {None: Role.OWNER}


@pytest.mark.parametrize("email", ["", "alice", "a@b@c", "a\n@example.org"])
def test_a_wrong_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(InvalidInputError):
        add_moderator(session, email=email)


def test_a_role_needs_a_site_that_exists(session: Session) -> None:
    with pytest.raises(NotFoundError):
        add_moderator(session, email="alice@example.org", site_key="nowhere")


def test_who_was_switched_off_acts_no_more(session: Session) -> None:
    moderator = add_moderator(session, email="alice@example.org")
    moderator.active = False

    with pytest.raises(NotFoundError):
        load_actor(session, moderator.id)
