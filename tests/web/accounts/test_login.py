import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.storage.models import Moderator
from moderation.storage.session import Database
from moderation.web.accounts.forms import is_own_path
from tests.apps import making
from tests.web.visiting import PASSWORD, Visitor, add_account


@pytest.fixture
def alice(app: Flask, session: Session) -> Moderator:
    return add_account(app, session)


@pytest.fixture
def visitor(app: Flask, alice: Moderator) -> Visitor:
    return Visitor(app.test_client(), alice.email)


def test_a_moderator_logs_in_and_sees_the_queue(visitor: Visitor) -> None:
    answer = visitor.log_in()

    page = visitor.get(answer.location)
    assert answer.location == "/moderate/"
    assert page.status_code == 200
    assert "alice@example.org" in page.text


def test_capitals_in_the_address_do_not_matter(visitor: Visitor) -> None:
    visitor.email = "Alice@Example.ORG"

    assert visitor.log_in().location == "/moderate/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        # The password is wrong.
        ("alice@example.org", "not the one at all"),
        # Nobody has this address.
        ("nobody@example.org", PASSWORD),
        # Nobody can have it.
        ("alice@", PASSWORD),
        # Nothing was typed.
        ("alice@example.org", ""),
        ("", ""),
        # An account that has no password, and one that was put to rest.
        ("fresh@example.org", PASSWORD),
        ("resting@example.org", PASSWORD),
    ],
)
def test_every_failed_login_is_answered_alike(
    app: Flask, session: Session, visitor: Visitor, email: str, password: str
) -> None:
    fresh = add_account(app, session, email="fresh@example.org")
    fresh.password = None
    resting = add_account(app, session, email="resting@example.org")
    resting.active = False
    session.commit()
    visitor.email = email

    answer = visitor.log_in(password)

    assert answer.status_code == 422
    assert answer.text.count('role="alert"') == 1
    assert "This address and password do not belong together." in answer.text
    assert visitor.get("/moderate/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        " //evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "@evil.example",
        "http://localhost@evil.example/",
    ],
)
@pytest.mark.parametrize("where", ["form", "address"])
def test_login_leads_nowhere_else(visitor: Visitor, target: str, where: str) -> None:
    if where == "form":
        answer = visitor.log_in(next=target)
    else:
        answer = visitor.client.post(
            "/login",
            query_string={"next": target},
            data={
                "csrf_token": visitor.find_token(),
                "email": visitor.email,
                "password": PASSWORD,
            },
        )

    assert answer.status_code == 422
    assert "Location" not in answer.headers
    assert visitor.get("/moderate/").status_code == 302


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("/moderate/?status=spam", True),
        ("/", True),
        ("", False),
        ("moderate/", False),
        ("//evil", False),
        ("/\\evil", False),
        ("/a\\b", False),
        ("/a b", False),
        ("/a\n", False),
        ("/\u00a0/evil", False),
        ("/" + "a" * 2_000, False),
    ],
)
def test_own_paths(text: str, *, is_own: bool) -> None:
    assert is_own_path(text) is is_own


def test_login_leads_back_to_the_page_that_was_asked_for(visitor: Visitor) -> None:
    sent_to = visitor.get("/moderate/?status=spam").location
    page = visitor.get(sent_to)

    answer = visitor.log_in(next="/moderate/?status=spam")

    assert 'value="/moderate/?status=spam"' in page.text
    assert answer.location == "/moderate/?status=spam"


@pytest.mark.parametrize(
    "path",
    [
        "/register",
        "/reset",
        "/confirm",
        "/verify",
        "/tf-setup",
        "/us-signin",
        "/wan-register",
        "/change",
        "/fs-static/js/webauthn.js",
    ],
)
def test_what_is_not_offered_is_not_there(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize(
    "way",
    [
        # Flask-Security's tokens, in a header and in the address.
        {"headers": {"Authentication-Token": "x"}},
        {"query_string": {"auth_token": "x"}},
        # Flask-Login's cookie, which would outlive logging out.
        {"headers": {"Cookie": "remember_token=x|y"}},
    ],
)
def test_nothing_but_a_session_logs_anybody_in(
    app: Flask, alice: Moderator, way: dict[str, dict[str, str]]
) -> None:
    del alice

    assert app.test_client().get("/moderate/", **way).status_code == 302


def test_no_account_is_there_from_the_start(database: Database) -> None:
    with database.read() as session:
        assert session.scalars(select(Moderator)).all() == []


def test_staying_logged_in_beyond_the_session_is_not_offered(visitor: Visitor) -> None:
    answer = visitor.log_in(remember="y")

    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {
        "moderation",
        # It logs nobody in: tests/web/accounts/test_guessing.py.
        "moderation-browser",
    }


@pytest.fixture
def limited(settings: Settings) -> Iterator[Flask]:
    limited = dataclasses.replace(
        settings, limits_enabled=True, login_limit="3 per minute"
    )
    with making(limited) as app:
        yield app


def test_guessing_passwords_is_slowed_down(limited: Flask, session: Session) -> None:
    add_account(limited, session)
    visitor = Visitor(limited.test_client(), "alice@example.org")

    guesses = [visitor.log_in("not the one at all") for _ in range(4)]

    assert [guess.status_code for guess in guesses] == [422, 422, 422, 429]
    assert int(guesses[-1].headers["Retry-After"]) > 0
    # Not even the right password gets through, and the page is still there.
    assert visitor.log_in().status_code == 429
    assert visitor.get("/login").status_code == 200


def test_one_address_does_not_use_up_anothers_guesses(
    limited: Flask, session: Session
) -> None:
    add_account(limited, session)
    guesser = Visitor(limited.test_client(), "alice@example.org")
    for _ in range(4):
        guesser.log_in("not the one at all")
    moderator = Visitor(limited.test_client(), "alice@example.org")
    moderator.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"

    assert moderator.log_in().location == "/moderate/"
