"""Who may do what about accounts and people: every route for everybody, one table."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.roles import Role
from moderation.services.invitations import invite
from moderation.services.passkeys import add_passkey
from moderation.storage.models import (
    AccountLink,
    LoginSession,
    Membership,
    Moderator,
    Passkey,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_site
from tests.web.people import add_person, list_asked
from tests.web.visiting import Visitor, add_account, visit


@dataclass(frozen=True, kw_only=True)
class Case:
    """Bob, moderator of the blog; Eve, invited to it; and what is Bob's."""

    site_id: int
    bob_id: int
    passkey_id: int
    invitation_id: int
    session: str


@pytest.fixture
def case(app: Flask, session: Session) -> Case:
    site = make_site(session, key="blog")
    make_site(session, key="other")
    bob = add_account(app, session, email="bob@example.org", site_key="blog")
    add_account(app, session, email="root@example.org", role=Role.OWNER)
    visit(app, bob.email)
    passkey = add_passkey(
        session,
        bob.id,
        credential_id=b"c",
        public_key=b"k",
        sign_count=0,
        name="Bob's",
    )
    _, invitation = invite(
        session,
        None,
        email="eve@example.org",
        role=Role.VIEWER,
        site_key="blog",
        at=now(),
    )
    digest = session.scalars(select(LoginSession.digest)).one()
    session.commit()
    return Case(
        site_id=site.id,
        bob_id=bob.id,
        passkey_id=passkey.id,
        invitation_id=invitation.id,
        session=digest.hex(),
    )


@pytest.fixture
def person(
    request: pytest.FixtureRequest, app: Flask, session: Session, case: Case
) -> Visitor:
    del case
    return add_person(app, session, str(request.param), role=Role.OWNER)


@pytest.fixture
def look(database: Database) -> Callable[[], list[object]]:
    """Return what tells everything of Bob, and who is invited."""

    def read() -> list[object]:
        with database.read() as session:
            bob = session.scalars(
                select(Moderator).where(Moderator.email == "bob@example.org")
            ).one()
            roles = select(Membership.site_id, Membership.role)
            return [
                (bob.name, bob.password, bob.active, bob.totp_secret),
                session.execute(roles.where(Membership.moderator_id == bob.id)).all(),
                session.scalars(select(Passkey.name)).all(),
                session.scalars(select(AccountLink.email)).all(),
                session.scalar(
                    select(func.count()).where(LoginSession.moderator_id == bob.id)
                ),
            ]

    return read


Request = Callable[[Visitor, Case], TestResponse]


def get(path: str) -> Request:
    def ask(visitor: Visitor, case: Case) -> TestResponse:
        del case
        return visitor.get(path)

    ask.__name__ = f"GET {path}"
    return ask


def post(path: str, **fields: str) -> Request:
    def ask(visitor: Visitor, case: Case) -> TestResponse:
        given = {name: text.format_map(vars(case)) for name, text in fields.items()}
        return visitor.post(path.format_map(vars(case)), **given)

    ask.__name__ = f"POST {path}"
    return ask


MEMBER = {"moderator": "{bob_id}", "site": "{site_id}"}
BOB_PASSKEY = "/moderate/account/passkeys/{passkey_id}/remove"
OWN = "/moderate/account"
ALL_BUT_STRANGERS = (200, 200, 200, 200, 200, 200, 302)
# What each of PEOPLE is answered, in that order.
TABLE: list[tuple[Request, tuple[int, ...]]] = [
    # One's own account is there whatever one's role; strangers are sent to log in.
    (get(OWN), ALL_BUT_STRANGERS),
    (get(f"{OWN}/app"), ALL_BUT_STRANGERS),
    (get(f"{OWN}/passkeys"), ALL_BUT_STRANGERS),
    (get(f"{OWN}/confirm"), ALL_BUT_STRANGERS),
    (post(f"{OWN}/name", name="New"), (303,) * 6 + (302,)),
    (post(f"{OWN}/password", current="x"), (422,) * 6 + (302,)),
    (post(f"{OWN}/confirm", password="x"), (422,) * 6 + (302,)),
    (post(f"{OWN}/app", code="x"), (422,) * 6 + (302,)),
    (post(f"{OWN}/app/remove"), (303,) * 6 + (302,)),
    (post(f"{OWN}/codes"), (302,) * 7),
    (post(f"{OWN}/passkeys", credential="x"), (422,) * 6 + (302,)),
    # Mails are for those who may decide on the site.
    (get(f"{OWN}/notices"), ALL_BUT_STRANGERS),
    (
        post(
            f"{OWN}/notices", site="blog", pace="none", after_count="1", after_hours="1"
        ),
        (303, 303, 303, 403, 404, 404, 302),
    ),
    # Another's passkey is not there; another's session is left alone.
    (post(BOB_PASSKEY), (404,) * 6 + (302,)),
    (post(f"{OWN}/sessions/end", session="{session}"), (303,) * 6 + (302,)),
    # People: for owners, of their own sites. Others' are as if they did not exist.
    (get("/moderate/people"), (200, 200, 403, 403, 200, 403, 302)),
    (
        post("/moderate/people/role", role="viewer", **MEMBER),
        (303, 303, 403, 403, 404, 404, 302),
    ),
    (post("/moderate/people/remove", **MEMBER), (303, 303, 403, 403, 404, 404, 302)),
    (
        post(
            "/moderate/people/invite", email="x@example.org", role="owner", site="blog"
        ),
        (200, 200, 403, 403, 404, 404, 302),
    ),
    (
        post("/moderate/people/withdraw", invitation="{invitation_id}"),
        (303, 303, 403, 403, 404, 404, 302),
    ),
    # To invite to all sites takes more than one of them.
    (
        post("/moderate/people/invite", email="x@example.org", role="owner", site=""),
        (200, 403, 403, 403, 403, 403, 302),
    ),
]
CHANGES = {"/moderate/people/role", "/moderate/people/remove"} | {
    "/moderate/people/invite",
    "/moderate/people/withdraw",
}


def is_done(ask: Request, status: int) -> bool:
    """Return whether something of others is changed by it."""
    path = ask.__name__.partition(" ")[2]
    return path in CHANGES and status in {200, 303}


ASKED = list_asked(TABLE)


@pytest.mark.parametrize(
    ("person", "request_page", "status"),
    [
        pytest.param(name, ask, status, id=f"{ask.__name__}-{name}-{number}")
        for name, asked in ASKED.items()
        for number, (ask, status) in enumerate(asked)
        if is_done(ask, status)
    ],
    indirect=["person"],
)
def test_who_may_change_what_is_of_others(
    person: Visitor,
    request_page: Request,
    status: int,
    case: Case,
    look: Callable[[], list[object]],
) -> None:
    before = look()

    answer = request_page(person, case)

    assert answer.status_code == status
    assert look() != before


@pytest.mark.parametrize(
    ("person", "asked"),
    [
        pytest.param(name, [row for row in asked if not is_done(*row)], id=name)
        for name, asked in ASKED.items()
    ],
    indirect=["person"],
)
def test_nobody_else_changes_anything(
    person: Visitor,
    asked: list[tuple[Request, int]],
    case: Case,
    look: Callable[[], list[object]],
) -> None:
    before = look()

    for ask, status in asked:
        answer = ask(person, case)

        assert (ask.__name__, answer.status_code) == (ask.__name__, status)
        assert (ask.__name__, look()) == (ask.__name__, before)
        if status == 302 and not person.email:
            assert answer.location.startswith("/login?next=/moderate")


def test_every_route_is_in_the_table(app: Flask) -> None:
    routes = {
        (method, re.sub(r"<int\(max=\d+\):(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("accounts.")
        # Who may do what about these is in test_tokens.py and test_webhooks.py.
        and not rule.rule.startswith(("/moderate/tokens", "/moderate/webhooks"))
    }

    assert routes == {
        (method, path)
        for ask, _ in TABLE
        for method, _, path in [ask.__name__.partition(" ")]
    }


@pytest.mark.parametrize("person", ["owner"], indirect=True)
@pytest.mark.parametrize(
    "forgery",
    [
        # Without a token, with another's, and from a page of somebody else.
        ({"csrf_token": ""}, {}),
        ({"csrf_token": "IjEi.x.y"}, {}),
        ({}, {"Origin": "https://evil.example"}),
        ({}, {"Origin": "null"}),
    ],
)
def test_nothing_is_done_for_another_page(
    person: Visitor,
    case: Case,
    look: Callable[[], list[object]],
    forgery: tuple[dict[str, str], dict[str, str]],
) -> None:
    fields, headers = forgery
    before = look()

    class Forger(Visitor):
        def post(self, path: str, **given: str | object) -> TestResponse:
            token = {"csrf_token": self.find_token()}
            data = {**given, **token, **fields}
            return self.client.post(path, data=data, headers=headers)

    forger = Forger(person.client, person.email)
    for ask, _ in TABLE:
        if ask.__name__.startswith("POST"):
            answer = ask(forger, case)

            assert (ask.__name__, answer.status_code) == (ask.__name__, 400)
            assert (ask.__name__, look()) == (ask.__name__, before)


@pytest.mark.parametrize("person", ["outsider", "owner"], indirect=True)
def test_nothing_of_another_site_is_shown(person: Visitor, case: Case) -> None:
    del case

    page = person.get("/moderate/people").text

    is_theirs = person.email == "owner@example.org"
    assert ("bob@example.org" in page) is is_theirs
    assert ("eve@example.org" in page) is is_theirs
    assert "root@example.org" not in page


@pytest.mark.parametrize("person", ["everywhere"], indirect=True)
@pytest.mark.parametrize(
    "fields",
    [
        {"moderator": "", "role": "viewer"},
        {"moderator": "1e3", "role": "viewer"},
        {"moderator": "9" * 40, "role": "viewer"},
        {"moderator": "1", "role": "emperor"},
        {"moderator": "1", "role": "viewer", "site": "x"},
        {"moderator": "١", "role": "viewer"},
    ],
)
def test_fields_that_make_no_sense_are_refused(
    person: Visitor, fields: dict[str, str]
) -> None:
    assert person.post("/moderate/people/role", **fields).status_code in {404, 422}
