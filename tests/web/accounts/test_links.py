import re
import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.roles import Role
from moderation.services.access import load_actor
from moderation.services.moderators import make_reset_link
from moderation.services.setups import CODE_FILE, keep_setup_code
from moderation.storage.models import Moderator
from moderation.storage.models.base import now
from tests.factories import make_site
from tests.web.accounts.conftest import give_app, read_mails
from tests.web.visiting import PASSWORD, Visitor, add_account, read_token, visit

NEW = "another calm reading room"
BASE = "https://comments.example.org"
ASKED = "a mail is on its way"


class Caller:
    """Somebody with a browser at the service as it is from outside."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, host: str = BASE) -> TestResponse:
        return self.client.get(path, base_url=host)

    def post(self, path: str, host: str = BASE, **fields: str) -> TestResponse:
        page = self.client.get("/login", base_url=host, follow_redirects=True)
        token = read_token(page)
        headers = {"Referer": f"{host}/login"}
        data = {"csrf_token": token, **fields}
        return self.client.post(path, base_url=host, headers=headers, data=data)


def find_link(text: str) -> str:
    (link,) = re.findall(r"https?://\S+", text)
    return str(link).strip()


@pytest.fixture
def alice(mailing: Flask, session: Session) -> Moderator:
    make_site(session)
    return add_account(mailing, session, role=Role.OWNER)


@pytest.fixture
def caller(mailing: Flask) -> Caller:
    return Caller(mailing)


@pytest.mark.parametrize(
    ("email", "mails"),
    [
        ("alice@example.org", 1),
        ("Alice@Example.org ", 1),
        # Nobody has this one, and nobody can have the others.
        ("nobody@example.org", 0),
        ("", 0),
        ("alice@example.org\r\nBcc: eve@example.org", 0),
    ],
)
@pytest.mark.usefixtures("alice")
def test_a_reset_is_answered_alike_whoever_has_the_address(
    caller: Caller, session: Session, email: str, mails: int
) -> None:
    start = time.monotonic()

    answer = caller.post("/login/reset", email=email)

    assert time.monotonic() - start >= 0.25
    assert (answer.status_code, answer.location) == (303, "/login?done=asked")
    assert ASKED in caller.get(answer.location).text
    assert len(read_mails(session)) == mails


@pytest.mark.usefixtures("alice")
def test_the_link_in_the_mail_sets_a_password_once(
    caller: Caller, session: Session
) -> None:
    caller.post("/login/reset", email="alice@example.org")
    link = find_link(read_mails(session)[0].text)
    path = link.removeprefix(BASE)
    for _ in range(3):
        assert caller.get(path).status_code == 200
        assert caller.client.head(path, base_url=BASE).status_code == 200

    done = caller.post(path, password=NEW, again=NEW)
    again = caller.post(path, password=NEW, again=NEW)

    assert link.startswith(f"{BASE}/login/reset/")
    assert (done.location, again.status_code) == ("/login?done=reset", 404)
    login = caller.post("/login", email="alice@example.org", password=NEW)
    assert login.location == "/moderate/"
    subjects = [mail.subject for mail in read_mails(session)]
    assert subjects == ["Set a new password", "Your password was changed"]


@pytest.mark.usefixtures("alice")
def test_a_foreign_host_stands_in_no_mail(caller: Caller, session: Session) -> None:
    answer = caller.post(
        "/login/reset", host="https://evil.example", email="alice@example.org"
    )

    (mail,) = read_mails(session)
    assert answer.status_code == 303
    assert find_link(mail.text).startswith(BASE)
    assert "evil" not in mail.text


def test_a_reset_logs_everybody_out_and_skips_no_second_step(
    app: Flask, session: Session, owner: Moderator
) -> None:
    give_app(app, session, owner)
    thief = Visitor(app.test_client(), owner.email)
    thief.log_in()
    token = make_reset_link(session, session.merge(owner), at=now())
    session.commit()

    visitor = Visitor(app.test_client(), owner.email)
    visitor.post(f"/login/reset/{token}", password=NEW, again=NEW)

    assert thief.get("/login/code").location == "/login"
    assert visitor.log_in(NEW).location == "/login/code"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("short", "short"), "at least 12"),
        ((NEW, PASSWORD), "not the same"),
        (("PasswordPassword1!", "PasswordPassword1!"), "first passwords tried"),
        (("alice@example.org1", "alice@example.org1"), "made of your address"),
        (("", ""), "at least 12"),
    ],
)
def test_an_unfit_password_leaves_the_link_good(
    app: Flask,
    session: Session,
    owner: Moderator,
    typed: tuple[str, str],
    said: str,
) -> None:
    token = make_reset_link(session, session.merge(owner), at=now())
    session.commit()
    visitor = Visitor(app.test_client())

    password, again = typed
    refused = visitor.post(f"/login/reset/{token}", password=password, again=again)

    assert refused.status_code == 422
    assert said in refused.text
    assert visitor.get(f"/login/reset/{token}").status_code == 200


def test_a_reset_is_good_for_two_hours(
    app: Flask, session: Session, owner: Moderator
) -> None:
    token = make_reset_link(session, session.merge(owner), at=now())
    session.commit()

    with time_machine.travel(now() + timedelta(hours=2, seconds=1)):
        answer = app.test_client().get(f"/login/reset/{token}")

    assert answer.status_code == 404
    assert "too old" in answer.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        # As browsers say of a page that sends no referrer; old ones say nothing.
        ("null", 303),
        (None, 303),
        ("http://localhost", 303),
        # A page of somebody else, though it knew the address.
        ("https://evil.example", 400),
    ],
)
def test_the_form_behind_a_mailed_link_needs_its_address_alone(
    app: Flask, session: Session, alice: Moderator, origin: str | None, status: int
) -> None:
    token = make_reset_link(session, alice, at=now())
    session.commit()
    headers = {"Origin": origin} if origin else {}

    answer = app.test_client().post(
        f"/login/reset/{token}", data={"password": NEW, "again": NEW}, headers=headers
    )

    assert answer.status_code == status


def test_somebody_invited_by_mail_comes_in(
    mailing: Flask, session: Session, alice: Moderator
) -> None:
    owner, newcomer = Caller(mailing), Caller(mailing)
    owner.post("/login", email=alice.email, password=PASSWORD)
    sent = owner.post(
        "/moderate/people/invite",
        email="New@Example.org",
        role="moderator",
        site="blog",
    )
    (mail,) = read_mails(session)
    path = find_link(mail.text).removeprefix(BASE)

    page = newcomer.get(path)
    done = newcomer.post(path, name="Newcomer", password=NEW, again=NEW)
    login = newcomer.post("/login", email="new@example.org", password=NEW)

    assert sent.location == "/moderate/people?done=invited"
    assert mail.recipient == "new@example.org"
    assert "alice@example.org" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert done.location == "/login?done=welcome"
    assert login.location == "/moderate/"
    assert newcomer.get("/moderate/people").status_code == 403


def test_without_mail_the_link_is_shown_to_hand_over(
    app: Flask, session: Session, owner: Moderator
) -> None:
    visitor = visit(app, owner.email)

    page = visitor.post(
        "/moderate/people/invite", email="new@example.org", role="viewer", site=""
    )

    (link,) = re.findall(r"http://localhost(/login/invitation/[\w-]{43})", page.text)
    assert page.status_code == 200
    assert read_mails(session) == []
    assert app.test_client().get(link).status_code == 200
    # It is shown that one time.
    assert link not in visitor.get("/moderate/people").text


def test_a_name_is_asked_of_newcomers(app: Flask, owner: Moderator) -> None:
    visitor = visit(app, owner.email)
    page = visitor.post(
        "/moderate/people/invite", email="new@example.org", role="viewer", site=""
    )
    (link,) = re.findall(r"http://localhost(/login/invitation/[\w-]{43})", page.text)
    newcomer = Visitor(app.test_client())

    refused = newcomer.post(link, name=" ", password=NEW, again=NEW)
    taken = newcomer.post(link, name="New", password=NEW, again=NEW)

    assert refused.status_code == 422
    assert "what to call you" in refused.text
    assert taken.status_code == 303


SETUP = {
    "email": "first@example.org",
    "name": "First",
    "password": NEW,
    "again": NEW,
    "site_name": "A <b>blog</b>",
    "site_address": "https://blog.example.org/about",
    "site_key": "",
}


def read_setup_token(client: FlaskClient) -> str:
    return read_token(client.get("/login", follow_redirects=True))


def test_the_first_run_makes_the_owner_and_is_gone(
    app: Flask, session: Session
) -> None:
    client = app.test_client()
    folder = app.extensions["moderation.settings"].data_dir
    way = client.get("/moderate/", follow_redirects=True)
    code = keep_setup_code(folder)
    assert way.request.path == "/login/setup"

    data = {**SETUP, "code": code, "csrf_token": read_setup_token(client)}
    done = client.post("/login/setup", data=data)

    assert done.location == "/moderate/"
    assert client.get("/moderate/people").status_code == 200
    owner = session.query(Moderator).one()
    assert load_actor(session, owner.id).roles == {None: Role.OWNER}
    assert not (folder / CODE_FILE).exists()
    stranger = app.test_client()
    assert stranger.get("/login/setup").status_code == 404
    data["csrf_token"] = read_token(stranger.get("/login"))
    assert stranger.post("/login/setup", data=data).status_code == 404


@pytest.mark.parametrize("code", ["", "x", "é" * 50])
def test_strangers_can_not_set_up(app: Flask, session: Session, code: str) -> None:
    client = app.test_client()

    data = {**SETUP, "code": code, "csrf_token": read_setup_token(client)}
    answer = client.post("/login/setup", data=data)

    assert answer.status_code == 422
    assert "not the set-up code" in answer.text
    # What was typed is still there, but for the password.
    assert "https://blog.example.org/about" in answer.text
    assert "A &lt;b&gt;blog&lt;/b&gt;" in answer.text
    assert NEW not in answer.text
    assert session.query(Moderator).all() == []
