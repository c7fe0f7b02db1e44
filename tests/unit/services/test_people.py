from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    InvalidInputError,
    ModerationError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.roles import Role
from moderation.services.access import Actor, load_actor, require_owner
from moderation.services.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    withdraw_invitation,
)
from moderation.services.people import change_role, list_circles, remove_member
from moderation.services.sessions import list_sessions, start_session
from moderation.storage.models import Moderator, Site
from tests.factories import make_moderator, make_site

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def blog(session: Session) -> Site:
    make_site(session, key="other")
    return make_site(session, key="blog")


@pytest.fixture
def alice(session: Session, blog: Site) -> Moderator:
    """Return who owns the blog."""
    return make_moderator(session, role=Role.OWNER, site_key=blog.key)


@pytest.fixture
def actor(session: Session, alice: Moderator) -> Actor:
    return load_actor(session, alice.id)


def make_bob(session: Session, role: Role = Role.MODERATOR) -> Moderator:
    return make_moderator(session, email="bob@example.org", role=role, site_key="blog")


def send(session: Session, actor: Actor | None, email: str = "new@example.org") -> str:
    token, _ = invite(
        session, actor, email=email, role=Role.VIEWER, site_key="blog", at=START
    )
    return token


def accept(session: Session, token: str) -> Moderator:
    return accept_invitation(session, token, name="New", password_hash="h", at=START)


@pytest.mark.parametrize(
    ("roles", "site", "is_owner"),
    [
        # An owner of all sites, of one, and of another.
        ({None: Role.OWNER}, 1, True),
        ({None: Role.OWNER}, None, True),
        ({1: Role.OWNER}, 1, True),
        ({1: Role.OWNER}, None, False),
        ({2: Role.OWNER}, 1, False),
        # Lesser roles.
        ({None: Role.MODERATOR}, 1, False),
        ({1: Role.VIEWER}, 1, False),
        # The role on a site stands before the general one.
        ({None: Role.OWNER, 1: Role.VIEWER}, 1, False),
        ({None: Role.VIEWER, 1: Role.OWNER}, 1, True),
    ],
)
def test_who_owns_what(
    roles: dict[int | None, Role], site: int | None, *, is_owner: bool
) -> None:
    actor = Actor(moderator_id=1, email="a@example.org", roles=roles)

    assert actor.is_owner(site) is is_owner
    if not is_owner:
        with pytest.raises((NotAllowedError, NotFoundError)):
            require_owner(actor, site)


def test_an_owner_changes_and_removes(
    session: Session, actor: Actor, blog: Site
) -> None:
    bob = make_bob(session)

    change_role(session, actor, bob.id, site_id=blog.id, role=Role.VIEWER)
    assert load_actor(session, bob.id).roles == {blog.id: Role.VIEWER}

    remove_member(session, actor, bob.id, site_id=blog.id)
    with pytest.raises(NotFoundError):
        load_actor(session, bob.id)


def test_who_is_removed_is_logged_out(
    session: Session, actor: Actor, blog: Site
) -> None:
    bob = make_bob(session)
    start_session(
        session, b"d" * 32, moderator_id=bob.id, data={}, user_agent="", at=START
    )

    remove_member(session, actor, bob.id, site_id=blog.id)

    assert list_sessions(session, bob.id, at=START) == []


def test_who_has_a_role_elsewhere_stays(
    session: Session, actor: Actor, blog: Site
) -> None:
    bob = make_bob(session)
    make_moderator(session, email=bob.email, site_key="other")

    remove_member(session, actor, bob.id, site_id=blog.id)

    assert list(load_actor(session, bob.id).roles.values()) == [Role.MODERATOR]


@pytest.mark.parametrize(
    ("second", "is_refused"),
    [
        # Nobody else: somebody has to own the blog.
        (None, True),
        (Role.MODERATOR, True),
        (Role.OWNER, False),
    ],
)
def test_the_last_owner_can_not_go(
    session: Session,
    actor: Actor,
    alice: Moderator,
    blog: Site,
    second: Role | None,
    *,
    is_refused: bool,
) -> None:
    if second is not None:
        make_bob(session, second)
    refusal = (
        pytest.raises(InvalidInputError, match="owner first")
        if is_refused
        else nullcontext()
    )

    with refusal:
        remove_member(session, actor, alice.id, site_id=blog.id)


def test_an_owner_who_was_put_to_rest_owns_nothing(
    session: Session, actor: Actor, alice: Moderator, blog: Site
) -> None:
    make_bob(session, Role.OWNER).active = False

    with pytest.raises(InvalidInputError):
        change_role(session, actor, alice.id, site_id=blog.id, role=Role.VIEWER)


def test_the_owner_of_all_sites_can_not_limit_themselves_on_the_last(
    session: Session, blog: Site
) -> None:
    root = make_moderator(session, email="root@example.org", role=Role.OWNER)
    make_moderator(session, email=root.email, role=Role.OWNER, site_key=blog.key)

    with pytest.raises(InvalidInputError):
        change_role(
            session,
            load_actor(session, root.id),
            root.id,
            site_id=blog.id,
            role=Role.VIEWER,
        )


def test_owners_see_their_own_circles_alone(session: Session, actor: Actor) -> None:
    make_bob(session)
    make_moderator(session, email="eve@example.org", site_key="other")
    send(session, actor)

    (circle,) = list_circles(session, actor)

    assert circle.site is not None
    assert circle.site.key == "blog"
    emails = [row.moderator.email for row in circle.members]
    assert emails == ["alice@example.org", "bob@example.org"]
    assert [row.email for row in circle.invitations] == ["new@example.org"]


def test_whoever_is_invited_gets_the_role_asked_for(
    session: Session, actor: Actor, blog: Site
) -> None:
    moderator = accept(session, send(session, actor))

    assert moderator.email == "new@example.org"
    assert (moderator.name, moderator.password) == ("New", "h")
    assert load_actor(session, moderator.id).roles == {blog.id: Role.VIEWER}


def test_an_invitation_is_no_way_to_a_password_that_is_there(
    session: Session, actor: Actor, blog: Site
) -> None:
    bob = make_moderator(
        session, email="bob@example.org", site_key="other", password_hash="old"
    )

    accept(session, send(session, actor, bob.email))

    assert bob.password == "old"
    assert load_actor(session, bob.id).roles[blog.id] is Role.VIEWER


def test_a_second_invitation_takes_the_place_of_the_first(
    session: Session, actor: Actor
) -> None:
    first, second = send(session, actor), send(session, actor)

    with pytest.raises(NotFoundError):
        accept(session, first)
    assert accept(session, second).active


def test_an_invitation_ends_with_the_role_of_who_sent_it(
    session: Session, actor: Actor, alice: Moderator, blog: Site
) -> None:
    token = send(session, actor)
    make_bob(session, Role.OWNER)

    change_role(session, actor, alice.id, site_id=blog.id, role=Role.MODERATOR)

    with pytest.raises(NotFoundError):
        find_invitation(session, token, at=START)


def test_a_withdrawn_invitation_is_good_for_nothing(
    session: Session, actor: Actor
) -> None:
    token = send(session, actor)
    (circle,) = list_circles(session, actor)

    withdraw_invitation(session, actor, circle.invitations[0].id)

    with pytest.raises(NotFoundError):
        accept(session, token)


def test_an_invitation_is_good_for_a_week(session: Session, actor: Actor) -> None:
    token = send(session, actor)

    found = find_invitation(session, token, at=START + timedelta(days=6))
    assert found.email == "new@example.org"
    with pytest.raises(NotFoundError):
        find_invitation(session, token, at=START + timedelta(days=7))


def test_what_is_done_about_other_sites_is_refused(
    session: Session, actor: Actor
) -> None:
    eve = make_moderator(session, email="eve@example.org", site_key="other")
    site_id = eve.memberships[0].site_id

    for refused in (
        lambda: change_role(session, actor, eve.id, site_id=site_id, role=Role.OWNER),
        lambda: remove_member(session, actor, eve.id, site_id=site_id),
        lambda: invite(
            session,
            actor,
            email="x@example.org",
            role=Role.OWNER,
            site_key="other",
            at=START,
        ),
        lambda: invite(
            session,
            actor,
            email="x@example.org",
            role=Role.OWNER,
            site_key=None,
            at=START,
        ),
    ):
        with pytest.raises(ModerationError):
            refused()
