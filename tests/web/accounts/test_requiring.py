"""Of whom more than a password is asked, and how they get there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.domain.roles import Role
from moderation.storage.session import Database
from tests.apps import Apps
from tests.factories import make_site
from tests.web.accounts.conftest import give_app, show_code
from tests.web.visiting import add_account, read_token, visit

MakeApp = Callable[[str], Flask]
APP = "/moderate/account/app"


@pytest.fixture
def make_app(settings: Settings, database: Database, apps: Apps) -> Iterator[MakeApp]:
    with ExitStack() as lent:

        def make(asked_of: str) -> Flask:
            asking = replace(settings, require_second_step=asked_of)
            return lent.enter_context(apps.lend(asking, database))

        yield make


@pytest.mark.parametrize(
    ("asked_of", "role", "location"),
    [
        ("none", Role.OWNER, None),
        ("owners", Role.OWNER, APP),
        ("owners", Role.MODERATOR, None),
        ("all", Role.MODERATOR, APP),
        ("all", Role.VIEWER, APP),
    ],
)
def test_whoever_lacks_a_second_step_is_led_to_set_it_up(
    make_app: MakeApp, session: Session, asked_of: str, role: Role, location: str | None
) -> None:
    app = make_app(asked_of)
    make_site(session)
    visitor = visit(app, add_account(app, session, role=role, site_key="blog").email)

    queue = visitor.get("/moderate/")
    tokens = visitor.get("/moderate/tokens")
    page = visitor.get(APP)

    assert queue.location == location
    assert tokens.location == location
    assert page.status_code == 200
    assert ("A second step is asked of you" in page.text) is (location is not None)


def test_nothing_is_done_before_the_second_step_is_set_up(
    make_app: MakeApp, session: Session
) -> None:
    app = make_app("all")
    make_site(session)
    visitor = visit(app, add_account(app, session, role=Role.OWNER).email)

    given = {"csrf_token": read_token(visitor.get(APP)), "batch": "x"}
    sent = visitor.client.post("/moderate/undo", data=given)
    asked = visitor.client.get("/moderate/", headers={"Accept": "application/json"})
    out = visitor.client.post("/logout", data=given)

    assert (sent.status_code, asked.status_code) == (403, 403)
    assert "Set up an authenticator app" in sent.text
    assert out.status_code == 302


def test_who_has_an_app_is_not_led_anywhere(
    make_app: MakeApp, session: Session
) -> None:
    app = make_app("all")
    make_site(session)
    owner = add_account(app, session, role=Role.OWNER)
    visitor = visit(app, owner.email)
    give_app(app, session, owner)
    later = visit(app, owner.email)

    passed = later.post("/login/code", code=show_code())

    assert visitor.get("/moderate/").status_code == 200
    assert passed.location == "/moderate/"
    assert later.get("/moderate/").status_code == 200
