import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.one_time_codes import compute_code
from moderation.services.moderators import set_password
from moderation.storage.models import LoginSession, Moderator
from moderation.storage.models.base import now
from tests.web.accounts.conftest import give_app, show_code
from tests.web.visiting import PASSWORD, Visitor, read_token, visit

CODE = "/login/code"


def give_code(visitor: Visitor, code: str) -> TestResponse:
    token = read_token(visitor.get(CODE))
    return visitor.client.post(CODE, data={"csrf_token": token, "code": code})


@pytest.fixture
def codes(app: Flask, session: Session, owner: Moderator) -> list[str]:
    return give_app(app, session, owner)


@pytest.fixture
def halfway(app: Flask, codes: list[str], owner: Moderator) -> Visitor:
    """Return somebody who has given the right password."""
    del codes
    visitor = Visitor(app.test_client(), owner.email)
    answer = visitor.log_in(next="/moderate/?status=spam")
    assert answer.location == CODE
    return visitor


def test_the_password_alone_lets_nobody_in(halfway: Visitor) -> None:
    for path in ("/moderate/", "/moderate/account", "/moderate/people"):
        assert halfway.get(path).status_code == 302


def test_the_code_leads_to_where_one_wanted(halfway: Visitor) -> None:
    answer = give_code(halfway, show_code())

    assert answer.location == "/moderate/?status=spam"
    assert halfway.get("/moderate/").status_code == 200


def test_a_recovery_code_does_once(
    app: Flask, halfway: Visitor, codes: list[str], owner: Moderator
) -> None:
    first = give_code(halfway, codes[0])
    again = Visitor(app.test_client(), owner.email)
    again.log_in()

    assert first.status_code == 302
    assert give_code(again, codes[0]).status_code == 422


@pytest.mark.parametrize("code", ["", "000", "abc", "é", "x" * 5_000])
def test_a_wrong_code_does_not(halfway: Visitor, code: str) -> None:
    answer = give_code(halfway, code)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert halfway.get("/moderate/").status_code == 302


def test_a_code_seen_over_a_shoulder_is_used_up(
    app: Flask, halfway: Visitor, owner: Moderator
) -> None:
    code = show_code()
    give_code(halfway, code)
    thief = Visitor(app.test_client(), owner.email)
    thief.log_in()

    assert give_code(thief, code).status_code == 422


def test_the_second_step_has_to_follow_soon(halfway: Visitor) -> None:
    with time_machine.travel(now() + timedelta(minutes=11)):
        answer = halfway.get(CODE)

    assert answer.location == "/login"


def test_a_new_password_in_between_begins_all_over(
    halfway: Visitor, session: Session, owner: Moderator
) -> None:
    token = read_token(halfway.get(CODE))
    set_password(session, session.merge(owner), "another")
    session.commit()

    answer = halfway.client.post(CODE, data={"csrf_token": token, "code": show_code()})

    assert answer.location == "/login"
    assert halfway.get("/moderate/").status_code == 302


def test_the_id_of_halfway_is_not_that_of_the_login(halfway: Visitor) -> None:
    before = halfway.client.get_cookie("moderation")
    give_code(halfway, show_code())
    after = halfway.client.get_cookie("moderation")

    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_without_a_password_there_is_no_second_step(app: Flask) -> None:
    stranger = Visitor(app.test_client())

    assert stranger.get(CODE).location == "/login"
    assert stranger.post(CODE, code="000000").location == "/login"


def test_an_app_is_set_up_by_its_own_code(
    app: Flask, session: Session, owner: Moderator
) -> None:
    visitor = visit(app, owner.email)
    page = visitor.get("/moderate/account/app").text
    secret = re.sub(r"\s", "", re.findall(r'class="secret">([^<]+)<', page)[0])

    code = compute_code(secret, int(now().timestamp()) // 30)
    wrong = visitor.post("/moderate/account/app", code="000")
    right = visitor.post("/moderate/account/app", code=code)

    assert "<svg" in page
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert len(re.findall(r"<li><code>[a-z2-7-]{27}</code>", right.text)) == 10
    session.expire_all()
    assert session.get_one(Moderator, owner.id).totp_secret is not None
    stored = str(session.scalars(select(LoginSession.data)).all())
    assert secret not in stored


def test_an_app_is_turned_off(
    app: Flask, session: Session, halfway: Visitor, owner: Moderator
) -> None:
    give_code(halfway, show_code())

    answer = halfway.post("/moderate/account/app/remove")

    assert answer.location == "/moderate/account?done=app-off"
    session.expire_all()
    assert session.get_one(Moderator, owner.id).totp_secret is None
    session.commit()
    assert visit(app, owner.email).get("/moderate/").status_code == 200


def test_a_password_proves_itself_within_the_old_session(
    app: Flask, owner: Moderator
) -> None:
    visitor = visit(app, owner.email)

    with time_machine.travel(now() + timedelta(minutes=20)):
        late = visitor.get("/moderate/account/app")
        wrong = visitor.post("/moderate/account/confirm", password="not this one")
        right = visitor.post(
            "/moderate/account/confirm",
            password=PASSWORD,
            next="/moderate/account/app",
        )
        page = visitor.get("/moderate/account/app")

    assert late.location == "/moderate/account/confirm?next=/moderate/account/app"
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert right.location == "/moderate/account/app"
    assert page.status_code == 200
