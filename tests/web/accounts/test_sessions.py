import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.services.moderators import add_moderator
from moderation.services.sessions import IDLE, LIFETIME
from moderation.storage.models import LoginSession, Moderator
from moderation.storage.session import Database
from tests.apps import making
from tests.factories import make_site
from tests.web.conftest import CountQueries
from tests.web.visiting import PASSWORD, Visitor, add_account, read_token, visit

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
COOKIE = "moderation"


@pytest.fixture
def alice(app: Flask, session: Session) -> Moderator:
    return add_account(app, session)


def read_cookie(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def take_over(app: Flask, cookie: str) -> Visitor:
    """Return somebody who has copied a cookie."""
    thief = Visitor(app.test_client())
    thief.client.set_cookie(COOKIE, cookie)
    return thief


def count_sessions(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(LoginSession)) or 0


def test_logging_out_kills_every_copy_of_the_cookie(
    app: Flask, alice: Moderator, database: Database
) -> None:
    visitor = visit(app, alice.email)
    thief = take_over(app, read_cookie(visitor))
    worked_before = thief.get("/moderate/").status_code

    visitor.post("/logout")

    assert worked_before == 200
    assert thief.get("/moderate/").status_code == 302
    assert visitor.client.get_cookie(COOKIE) is None
    assert count_sessions(database) == 0


def test_logging_out_here_leaves_the_login_elsewhere(
    app: Flask, alice: Moderator
) -> None:
    phone, desk = visit(app, alice.email), visit(app, alice.email)

    phone.post("/logout")

    assert desk.get("/moderate/").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_logging_out_takes_more_than_a_link(
    app: Flask, alice: Moderator, method: str
) -> None:
    visitor = visit(app, alice.email)

    answer = visitor.client.open("/logout", method=method)

    assert answer.status_code == 405
    assert visitor.get("/moderate/").status_code == 200


def test_logging_out_takes_a_token(app: Flask, alice: Moderator) -> None:
    visitor = visit(app, alice.email)

    answer = visitor.client.post("/logout")

    assert answer.status_code == 400
    assert visitor.get("/moderate/").status_code == 200


def test_a_session_gets_a_new_id_and_token_at_login(
    app: Flask, alice: Moderator
) -> None:
    attacker = Visitor(app.test_client())
    planted_token = attacker.find_token()
    victim = take_over(app, read_cookie(attacker))
    victim.email = alice.email

    victim.log_in()

    assert attacker.get("/moderate/").status_code == 302
    assert read_cookie(victim) != read_cookie(attacker)
    answer = victim.client.post("/logout", data={"csrf_token": planted_token})
    assert answer.status_code == 400


def test_an_id_that_a_stranger_made_up_is_not_taken(
    app: Flask, alice: Moderator
) -> None:
    made_up = "A" * 43
    victim = take_over(app, made_up)
    victim.email = alice.email

    victim.log_in()

    assert read_cookie(victim) != made_up
    assert take_over(app, made_up).get("/moderate/").status_code == 302


def test_the_database_holds_no_cookie(
    app: Flask, alice: Moderator, database: Database
) -> None:
    visitor = visit(app, alice.email)
    cookie = read_cookie(visitor)

    with database.read() as session:
        [row] = session.scalars(select(LoginSession)).all()
        dump = str(session.execute(text("SELECT * FROM login_sessions")).all())
    assert row.digest == hashlib.sha256(cookie.encode()).digest()
    assert row.moderator_id == alice.id
    assert cookie not in dump


def test_strangers_fill_no_table(app: Flask, database: Database) -> None:
    for _ in range(3):
        visitor = Visitor(app.test_client(), "nobody@example.org")
        visitor.log_in()
        visitor.get("/moderate/")

    assert count_sessions(database) == 0


def test_a_stranger_cannot_sign_a_login_into_the_cookie(
    app: Flask, alice: Moderator
) -> None:
    """Even with the key: the cookie before login is read as a token, nothing more."""
    from itsdangerous import URLSafeTimedSerializer  # noqa: PLC0415 only forgers do

    serializer = URLSafeTimedSerializer("k" * 48, salt="moderation.anonymous-session")
    forged = serializer.dumps({"_user_id": alice.fs_uniquifier})

    assert take_over(app, str(forged)).get("/moderate/").status_code == 302


@pytest.mark.parametrize("cookie", ["", ".", "é", "A" * 43, "a.b.c", "x" * 4_000])
def test_cookies_that_are_none_of_ours_are_strangers(app: Flask, cookie: str) -> None:
    visitor = Visitor(app.test_client())

    answer = visitor.client.get("/moderate/", headers={"Cookie": f"{COOKIE}={cookie}"})

    assert answer.status_code == 302


def test_a_new_password_ends_all_sessions(
    app: Flask, session: Session, alice: Moderator
) -> None:
    visitor = visit(app, alice.email)

    add_moderator(session, email=alice.email, password_hash="another")
    session.commit()

    assert visitor.get("/moderate/").status_code == 302


def test_an_account_put_to_rest_is_out_at_once(
    app: Flask, session: Session, alice: Moderator
) -> None:
    visitor = visit(app, alice.email)

    alice.active = False
    session.commit()

    assert visitor.get("/moderate/").status_code == 302


def test_an_idle_session_is_over(app: Flask, alice: Moderator) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = visit(app, alice.email)
        clock.move_to(START + IDLE - timedelta(minutes=1))
        kept = visitor.get("/moderate/").status_code
        clock.move_to(START + IDLE * 2)

        assert kept == 200
        assert visitor.get("/moderate/").status_code == 302


def test_a_session_in_use_is_over_in_the_end(app: Flask, alice: Moderator) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = visit(app, alice.email)
        moment, statuses = START, []
        while moment < START + LIFETIME:
            statuses.append(visitor.get("/moderate/").status_code)
            moment += IDLE / 2
            clock.move_to(moment)

        assert set(statuses) == {200}
        assert visitor.get("/moderate/").status_code == 302


def test_reading_seldom_writes(
    app: Flask, alice: Moderator, count_queries: CountQueries
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = visit(app, alice.email)
        visitor.get("/moderate/")
        with count_queries() as soon:
            visitor.get("/moderate/")
        clock.move_to(START + timedelta(minutes=6))
        with count_queries() as later:
            visitor.get("/moderate/")

    assert [one for one in soon if not one.startswith("SELECT")] == []
    assert len([one for one in later if one.startswith("UPDATE")]) == 1


def test_pages_can_be_read_while_nothing_can_be_written(
    app: Flask, alice: Moderator, database: Database
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = visit(app, alice.email)
        clock.move_to(START + timedelta(minutes=6))
        with database.alter() as connection:
            connection.execute(text("ALTER TABLE login_sessions RENAME TO kept"))
            connection.execute(text("CREATE VIEW login_sessions AS SELECT * FROM kept"))

        assert visitor.get("/moderate/").status_code == 200


@pytest.mark.sqlite(reason="trouble is a table that is missing")
def test_without_a_database_the_answer_is_to_come_back(
    app: Flask, alice: Moderator, database: Database
) -> None:
    visitor = visit(app, alice.email)
    with database.alter() as connection:
        connection.execute(text("ALTER TABLE login_sessions RENAME TO elsewhere"))

    answer = visitor.get("/moderate/")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_public_pages_neither_read_nor_set_the_cookie(
    app: Flask, session: Session, alice: Moderator, count_queries: CountQueries
) -> None:
    make_site(session)
    session.commit()
    visitor = visit(app, alice.email)

    with count_queries() as statements:
        answer = visitor.get("/embed/blog?thread=post-1")

    assert answer.status_code == 200
    assert [one for one in statements if "login_sessions" in one] == []
    assert [one for one in statements if "moderators" in one] == []
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_what_reads_a_session_is_stored_nowhere(app: Flask, alice: Moderator) -> None:
    visitor = visit(app, alice.email)

    for path in ("/moderate/", "/moderate/comments/1", "/moderate/?status=x"):
        answer = visitor.get(path)

        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.headers["Vary"]


@pytest.fixture
def https_app(settings: Settings) -> Iterator[Flask]:
    base_url = "https://comments.example.org"
    with making(dataclasses.replace(settings, base_url=base_url)) as app:
        yield app


def test_the_cookie_keeps_to_itself(https_app: Flask, session: Session) -> None:
    add_account(https_app, session)
    client = https_app.test_client()
    base = "https://comments.example.org"
    page = client.get("/login", base_url=base)

    answer = client.post(
        "/login",
        base_url=base,
        headers={"Referer": f"{base}/login"},
        data={
            "csrf_token": read_token(page),
            "email": "alice@example.org",
            "password": PASSWORD,
        },
    )

    assert answer.location == "/moderate/"
    for headers in (page.headers, answer.headers):
        cookie = headers.getlist("Set-Cookie")[-1]
        parts = {part.strip() for part in cookie.split(";")}
        assert cookie.split("=")[0] == "__Host-moderation"
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
