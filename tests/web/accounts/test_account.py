import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import LoginSession, Moderator
from moderation.storage.models.base import now
from moderation.web.accounts.browsers import describe_browser
from tests.web.visiting import PASSWORD, Visitor, add_account, read_token, visit

NEW = "another calm reading room"
OWN = {"Origin": "http://localhost"}
ACCOUNT = "/moderate/account"


def list_ends(visitor: Visitor) -> list[str]:
    page = visitor.get(ACCOUNT).text
    return re.findall(r'name="session" value="([0-9a-f]{64})"', page)


def test_a_new_password_ends_the_sessions_elsewhere_and_keeps_this_one(
    app: Flask, owner: Moderator
) -> None:
    here, elsewhere = visit(app, owner.email), visit(app, owner.email)
    old = here.client.get_cookie("moderation")

    answer = here.post(f"{ACCOUNT}/password", current=PASSWORD, password=NEW, again=NEW)

    new = here.client.get_cookie("moderation")
    assert answer.location == f"{ACCOUNT}?done=password"
    assert here.get("/moderate/").status_code == 200
    assert elsewhere.get("/moderate/").status_code == 302
    assert old is not None
    assert new is not None
    assert old.value != new.value
    assert Visitor(app.test_client(), owner.email).log_in().status_code == 422
    assert Visitor(app.test_client(), owner.email).log_in(NEW).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("not mine at all", NEW, NEW), "not your password"),
        (("", NEW, NEW), "not your password"),
        (("p" * 100_000, NEW, NEW), "not your password"),
        ((PASSWORD, "short", "short"), "at least 12"),
        ((PASSWORD, NEW, NEW + "x"), "not the same"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said(
    app: Flask, owner: Moderator, typed: tuple[str, str, str], said: str
) -> None:
    current, password, again = typed
    visitor = visit(app, owner.email)

    answer = visitor.post(
        f"{ACCOUNT}/password", current=current, password=password, again=again
    )

    assert answer.status_code == 422
    assert said in answer.text
    assert Visitor(app.test_client(), owner.email).log_in().status_code == 302


def test_ones_sessions_are_listed_and_ended(
    app: Flask, session: Session, owner: Moderator
) -> None:
    here, phone, desk = (visit(app, owner.email) for _ in range(3))
    add_account(app, session, email="bob@example.org")
    bob = visit(app, "bob@example.org")
    ends = list_ends(here)

    here.post(f"{ACCOUNT}/sessions/end", session=ends[0])
    left = [visitor.get("/moderate/").status_code for visitor in (phone, desk)]
    here.post(f"{ACCOUNT}/sessions/end", session="others")

    assert len(ends) == 2
    assert sorted(left) == [200, 302]
    assert [
        phone.get("/moderate/").status_code,
        desk.get("/moderate/").status_code,
    ] == [
        302,
        302,
    ]
    assert here.get("/moderate/").status_code == 200
    assert bob.get("/moderate/").status_code == 200


def test_anothers_session_can_not_be_ended(
    app: Flask, session: Session, owner: Moderator
) -> None:
    bob = add_account(app, session, email="bob@example.org")
    theirs = visit(app, bob.email)
    query = select(LoginSession.digest).where(LoginSession.moderator_id == bob.id)
    digest = session.scalars(query).one()
    session.commit()

    visit(app, owner.email).post(f"{ACCOUNT}/sessions/end", session=digest.hex())

    assert theirs.get("/moderate/").status_code == 200


@pytest.mark.parametrize("named", ["", "x", "zz", "é"])
def test_what_names_no_session_ends_none(
    app: Flask, owner: Moderator, named: str
) -> None:
    visitor = visit(app, owner.email)

    assert visitor.post(f"{ACCOUNT}/sessions/end", session=named).status_code < 500
    assert visitor.get("/moderate/").status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [("Ada Lovelace", 303), ("", 422), ("a" * 101, 422), ("a\x07b", 422)],
)
def test_a_name_is_changed(
    app: Flask, session: Session, owner: Moderator, name: str, status: int
) -> None:
    visitor = visit(app, owner.email)

    answer = visitor.post(f"{ACCOUNT}/name", name=name)

    session.expire_all()
    kept = session.get_one(Moderator, owner.id).name
    assert answer.status_code == status
    assert kept == (name if status == 303 else None)


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        # The later ones name the earlier ones as well.
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.9", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_are_called_by_their_names(user_agent: str, said: str) -> None:
    assert describe_browser(user_agent) == said


def send_late(app: Flask, owner: Moderator, **headers: str) -> tuple[Visitor, str]:
    """Decide on a comment from a page whose login has ended; return the answer."""
    visitor = visit(app, owner.email)
    token = read_token(visitor.get("/moderate/account"))
    visitor.client.set_cookie("moderation", "A" * 43)
    answer = visitor.client.post(
        "/moderate/decisions",
        data={
            "csrf_token": token,
            "action": "approve",
            "comment": ["1:1", "2:1"],
            "why": "It is <b>kind</b>.",
        },
        headers=headers,
    )
    return visitor, answer.text if answer.status_code == 401 else ""


def read_kept(page: str) -> str:
    (kept,) = re.findall(r'name="resend" value="([^"]*)"', page)
    return str(kept)


def test_what_was_sent_too_late_is_offered_again_after_the_login(
    app: Flask, owner: Moderator
) -> None:
    visitor, page = send_late(app, owner, **OWN)
    token = read_token(visitor.get("/login"))

    answer = visitor.client.post(
        "/login",
        data={
            "csrf_token": token,
            "email": owner.email,
            "password": PASSWORD,
            "resend": read_kept(page),
        },
    )

    assert "nothing is lost" in page
    assert answer.status_code == 200
    assert 'action="/moderate/decisions"' in answer.text
    assert answer.text.count('name="comment" value=') == 2
    assert "It is &lt;b&gt;kind&lt;/b&gt;." in answer.text
    assert read_token(answer) != token
    again = visitor.client.post(
        "/moderate/decisions",
        data={"csrf_token": read_token(answer), "action": "none"},
    )
    assert again.status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        # A browser would say where the form was.
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        # Scripts of ours see to it themselves.
        {**OWN, "HX-Request": "true"},
        {**OWN, "Accept": "application/json"},
    ],
)
def test_nothing_is_kept_for_others(
    app: Flask, owner: Moderator, headers: dict[str, str]
) -> None:
    _, page = send_late(app, owner, **headers)

    assert page == ""


@pytest.mark.parametrize("kept", ["x", "a.b.c", "é", "W10.a.b"])
def test_what_was_kept_can_not_be_made_up(
    app: Flask, owner: Moderator, kept: str
) -> None:
    visitor = Visitor(app.test_client(), owner.email)

    assert visitor.log_in(resend=kept).location == "/moderate/"


def test_passwords_are_not_kept(app: Flask, owner: Moderator) -> None:
    visitor = visit(app, owner.email)
    token = read_token(visitor.get(ACCOUNT))
    visitor.client.set_cookie("moderation", "A" * 43)
    page = visitor.client.post(
        f"{ACCOUNT}/password",
        data={"csrf_token": token, "current": PASSWORD, "password": NEW, "again": NEW},
        headers=OWN,
    )
    answer = visitor.log_in(resend=read_kept(page.text))

    assert page.status_code == 401
    assert PASSWORD not in answer.text
    assert NEW not in answer.text


def test_a_proof_asked_for_late_loses_nothing_either(
    app: Flask, owner: Moderator
) -> None:
    visitor = visit(app, owner.email)

    with time_machine.travel(now() + timedelta(minutes=20)):
        asked = visitor.post(
            "/moderate/people/invite", email="new@example.org", role="viewer", site=""
        )
        answer = visitor.post(
            f"{ACCOUNT}/confirm", password=PASSWORD, resend=read_kept(asked.text)
        )

    assert asked.status_code == 403
    assert 'action="/moderate/people/invite"' in answer.text
    assert 'value="new@example.org"' in answer.text
