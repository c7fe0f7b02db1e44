from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.access import OPERATOR, load_actor
from moderation.services.changes import list_changes
from moderation.services.tokens import (
    TokenWish,
    add_token,
    list_tokens,
    read_token,
    revoke_token,
)
from moderation.storage.models import Scope
from moderation.storage.models.base import now
from tests.factories import make_moderator, make_site

AN_HOUR = timedelta(hours=1)


@pytest.mark.parametrize("name", ["mail", "Outside  opinion"])
def test_no_program_has_the_name_of_a_way_of_ours(session: Session, name: str) -> None:
    make_site(session)

    with pytest.raises(InvalidInputError, match="another name"):
        add_token(session, OPERATOR, TokenWish(name=name, site_keys=["blog"]))


def test_a_token_is_kept_as_its_digest_only(session: Session) -> None:
    make_site(session)

    token, secret = add_token(
        session, OPERATOR, TokenWish(name="A bot", site_keys=["blog"])
    )

    kept = f"{token.prefix}{token.digest.hex()}{token.name}"
    assert secret.removeprefix("lr_") not in kept
    assert secret.startswith(f"lr_{token.prefix}")


@pytest.mark.parametrize(
    ("scopes", "role", "sees_contacts"),
    [
        # Reading shows no addresses.
        ({Scope.READ}, Role.VIEWER, False),
        ({Scope.READ, Scope.EMAILS}, Role.VIEWER, True),
        # Nor does deciding, though moderators who are people see them.
        ({Scope.DECIDE}, Role.MODERATOR, False),
        ({Scope.MANAGE}, Role.OWNER, False),
        # What is only for posting or judging reads nothing.
        ({Scope.SUBMIT, Scope.FILTER, Scope.EMAILS}, None, False),
    ],
)
def test_scopes_become_a_role_on_the_tokens_sites_alone(
    session: Session, *, scopes: set[Scope], role: Role | None, sees_contacts: bool
) -> None:
    site, other = make_site(session), make_site(session, key="other")
    _, secret = add_token(
        session, OPERATOR, TokenWish(name="A", site_keys=["blog"], scopes=scopes)
    )

    grant = read_token(session, secret, at=now())

    assert grant is not None
    assert grant.actor.find_role(site.id) is role
    assert grant.actor.may_see_contacts(site.id) is sees_contacts
    assert grant.actor.find_role(other.id) is None


def test_a_token_ends_by_time_and_by_being_revoked(session: Session) -> None:
    make_site(session)
    wish = TokenWish(name="A", site_keys=["blog"], days=1)
    token, secret = add_token(session, OPERATOR, wish)
    at = now()

    before = read_token(session, secret, at=at)
    late = read_token(session, secret, at=at + timedelta(days=1) + AN_HOUR)
    revoke_token(session, OPERATOR, token.id)
    revoked = read_token(session, secret, at=at)

    assert before is not None
    assert (late, revoked) == (None, None)


@pytest.mark.parametrize("text", ["", "lr_", "lr_" + "0" * 48, "é" * 48, "0" * 47])
def test_what_is_no_token_opens_nothing(session: Session, text: str) -> None:
    assert read_token(session, text, at=now()) is None


def test_only_an_owner_makes_and_sees_tokens_of_a_site(session: Session) -> None:
    make_site(session)
    make_site(session, key="other")
    bob = make_moderator(session, email="bob@example.org", site_key="blog")
    eve = make_moderator(
        session, email="eve@example.org", role=Role.OWNER, site_key="other"
    )
    moderator, owner = load_actor(session, bob.id), load_actor(session, eve.id)
    token, _ = add_token(session, OPERATOR, TokenWish(name="A", site_keys=["blog"]))

    with pytest.raises(NotAllowedError):
        add_token(session, moderator, TokenWish(name="B", site_keys=["blog"]))
    with pytest.raises(NotFoundError):
        add_token(session, owner, TokenWish(name="B", site_keys=["other", "blog"]))
    with pytest.raises(NotFoundError):
        revoke_token(session, owner, token.id)

    assert list_tokens(session, moderator) == list_tokens(session, owner) == []
    assert list_tokens(session, OPERATOR) == [token]


def test_making_and_revoking_a_token_is_on_the_sites_record(session: Session) -> None:
    make_site(session)
    token, _ = add_token(session, OPERATOR, TokenWish(name="A", site_keys=["blog"]))
    revoke_token(session, OPERATOR, token.id)

    texts = [change.text for change in list_changes(session, OPERATOR, "blog")]

    assert texts == ["Revoked the API token “A”.", "Made the API token “A” (read)."]
