import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.storage.models import Moderator
from tests.apps import making
from tests.web.accounts.conftest import give_app, show_code
from tests.web.visiting import PASSWORD, Visitor, add_account, read_token

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
WRONG = "not the one at all"
EMAIL = "alice@example.org"


@pytest.fixture
def guarded(settings: Settings) -> Iterator[Flask]:
    """Return the app with limits: that by address is out of the way."""
    limited = dataclasses.replace(
        settings, limits_enabled=True, login_limit="10000 per minute"
    )
    with making(limited) as app:
        yield app


@pytest.fixture
def alice(guarded: Flask, session: Session) -> Moderator:
    return add_account(guarded, session)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def come(app: Flask, ip: str = "203.0.113.9", email: str = EMAIL) -> Visitor:
    visitor = Visitor(app.test_client(), email)
    visitor.client.environ_base["REMOTE_ADDR"] = ip
    return visitor


def guess(visitor: Visitor, times: int) -> list[int]:
    return [visitor.log_in(WRONG).status_code for _ in range(times)]


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org", "no address"])
def test_guessing_waits_longer_and_longer(
    guarded: Flask, clock: time_machine.Traveller, email: str
) -> None:
    visitor = come(guarded, email=email)
    free = guess(visitor, 5)
    first = visitor.log_in(WRONG)
    clock.shift(timedelta(seconds=11))
    second = guess(visitor, 1)
    third = visitor.log_in(WRONG)

    assert free == [422] * 5
    assert first.status_code == 429
    assert "Wait 10 seconds" in first.text
    assert int(first.headers["Retry-After"]) >= 10
    assert second == [422]
    assert third.status_code == 429
    assert "Wait 20 seconds" in third.text


@pytest.mark.usefixtures("alice", "clock")
def test_not_even_the_right_password_gets_through_meanwhile(guarded: Flask) -> None:
    visitor = come(guarded)
    guess(visitor, 5)

    assert visitor.log_in().status_code == 429


@pytest.mark.usefixtures("alice", "clock")
def test_who_logged_in_here_before_is_not_locked_out_by_guesses_from_everywhere(
    guarded: Flask,
) -> None:
    owner = come(guarded, "198.51.100.7")
    owner.log_in()
    owner.post("/logout")
    # From the owner's own network, and from a hundred others.
    statuses = guess(come(guarded, "198.51.100.8"), 8)
    for number in range(100):
        statuses += guess(come(guarded, f"10.{number}.0.1"), 1)

    assert 429 in statuses[:8]
    assert statuses[-1] == 429
    assert come(guarded, "192.0.2.5").log_in().status_code == 429
    assert owner.log_in().location == "/moderate/"


@pytest.mark.usefixtures("alice", "clock")
def test_another_account_is_not_slowed_down(guarded: Flask, session: Session) -> None:
    add_account(guarded, session, email="bob@example.org")
    guess(come(guarded), 6)

    assert come(guarded, email="bob@example.org").log_in().status_code == 302


@pytest.mark.usefixtures("alice", "clock")
def test_a_success_forgets_the_slips_before_it(guarded: Flask) -> None:
    visitor = come(guarded)
    for _ in range(3):
        guess(visitor, 4)
        assert visitor.log_in().status_code == 302
        visitor.post("/logout")
        visitor.client.delete_cookie("moderation-browser", path="/login")


@pytest.mark.usefixtures("alice", "clock")
def test_who_is_logged_in_forgives_nobody(guarded: Flask, session: Session) -> None:
    add_account(guarded, session, email="mallory@example.org")
    guesser, helper = come(guarded), come(guarded, email="mallory@example.org")
    helper.log_in()
    guess(guesser, 4)

    helper.post("/login", email=EMAIL, password=WRONG)
    guess(guesser, 1)

    assert guesser.log_in(WRONG).status_code == 429


@pytest.mark.usefixtures("alice", "clock")
@pytest.mark.parametrize("cookie", ["", "x", "W10.a.b", "é"])
def test_a_cookie_of_ones_own_making_is_none(guarded: Flask, cookie: str) -> None:
    visitor = come(guarded)
    visitor.client.set_cookie("moderation-browser", cookie, path="/login")

    assert guess(visitor, 6)[-1] == 429


@pytest.mark.usefixtures("alice", "clock")
def test_the_cookie_of_one_account_is_nothing_to_another(
    guarded: Flask, session: Session
) -> None:
    add_account(guarded, session, email="mallory@example.org")
    visitor = come(guarded, email="mallory@example.org")
    visitor.log_in()
    visitor.post("/logout")
    visitor.email = EMAIL

    assert guess(visitor, 6)[-1] == 429


@pytest.mark.usefixtures("alice", "clock")
def test_the_cookie_logs_nobody_in(guarded: Flask) -> None:
    visitor = come(guarded)
    answer = visitor.log_in()
    visitor.client.delete_cookie("moderation")

    assert visitor.get("/moderate/").status_code == 302
    cookie = next(
        line
        for line in answer.headers.getlist("Set-Cookie")
        if line.startswith("moderation-browser")
    )
    for part in ("HttpOnly", "SameSite=Lax", "Path=/login"):
        assert part in cookie
    assert EMAIL not in cookie


def test_codes_are_guessed_as_slowly(
    guarded: Flask, session: Session, alice: Moderator, clock: time_machine.Traveller
) -> None:
    del clock
    give_app(guarded, session, alice)
    visitor = come(guarded)
    visitor.log_in()
    token = read_token(visitor.get("/login/code"))
    answers = [
        visitor.client.post("/login/code", data={"csrf_token": token, "code": code})
        for code in ("1", "2", "3", "4", "5", show_code())
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


@pytest.mark.usefixtures("alice", "clock")
def test_a_stolen_session_is_no_place_to_guess_the_password(guarded: Flask) -> None:
    visitor = come(guarded)
    visitor.log_in()
    visitor.client.delete_cookie("moderation-browser", path="/login")

    answers = [
        visitor.post(
            "/moderate/account/password", current=WRONG, password="x", again="x"
        ).status_code
        for _ in range(6)
    ]

    assert answers == [422] * 5 + [429]
    assert PASSWORD != WRONG
