import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.storage.models import ApiToken
from tests.factories import make_site
from tests.web.visiting import Visitor, add_account, visit

SECRET = re.compile(r"lr_[0-9a-f]{48}")
WISH = {"name": "A bot", "site": "blog", "scope": "read", "days": "90"}


@pytest.fixture(autouse=True)
def sites(session: Session) -> None:
    make_site(session)
    make_site(session, key="other")
    session.commit()


def log_in(app: Flask, session: Session, role: Role = Role.OWNER) -> Visitor:
    add_account(app, session, role=role, site_key="blog")
    return visit(app, "alice@example.org")


def test_an_owner_makes_a_token_sees_it_once_and_revokes_it(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    owner = log_in(app, session)

    made = owner.post("/moderate/tokens", **WISH)
    (secret,) = SECRET.findall(made.text)
    headers = {"Authorization": f"Bearer {secret}"}
    before = client.get("/api/v1/sites", headers=headers)
    listed = owner.get("/moderate/tokens")
    owner.post("/moderate/tokens/revoke", token="1")
    after = client.get("/api/v1/sites", headers=headers)

    assert (before.status_code, after.status_code) == (200, 401)
    assert secret not in listed.text
    assert "A bot" in listed.text


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"name": " "}, 422, "Give a name"),
        ({"scope": []}, 422, "at least one scope"),
        ({"scope": "everything"}, 422, "no such scope"),
        ({"days": "9999"}, 422, "how long"),
        # Somebody else's site is not there.
        ({"site": "other"}, 404, "no such site"),
        ({"site": "\x00"}, 422, "no such site"),
    ],
)
def test_what_can_be_no_token_is_not_made(
    app: Flask,
    session: Session,
    change: dict[str, str | list[str]],
    status: int,
    message: str,
) -> None:
    owner = log_in(app, session)

    answer = owner.post("/moderate/tokens", **{**WISH, **change})

    assert answer.status_code == status
    assert message in answer.text
    assert session.scalars(select(ApiToken)).all() == []


def test_the_page_is_for_owners(app: Flask, session: Session) -> None:
    moderator = log_in(app, session, Role.MODERATOR)

    answers = [
        moderator.get("/moderate/tokens"),
        moderator.post("/moderate/tokens", **WISH),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert session.scalars(select(ApiToken)).all() == []
