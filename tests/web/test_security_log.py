"""What is logged for security, and that it names nobody."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings
from moderation.web.context import DATABASE
from tests.web.visiting import Visitor, add_account

EMAIL = "alice@example.org"
ADDRESS = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def visitor(app: Flask, session: Session) -> Visitor:
    add_account(app, session, email=EMAIL)
    return Visitor(app.test_client(), EMAIL)


def test_logins_are_logged_without_addresses(
    visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor.log_in("a wrong password, long enough")
    visitor.log_in()

    log = capsys.readouterr().err
    assert "login refused" in log
    assert "moderator logged in            moderator=1" in log
    assert EMAIL not in log
    assert "wrong password" not in log


def test_guessing_is_logged_without_addresses(
    settings: Settings, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(replace(settings, limits_enabled=True))
    add_account(app, session, email=EMAIL)
    visitor = Visitor(app.test_client(), EMAIL)

    for _ in range(6):
        visitor.log_in("a wrong password, long enough")

    app.extensions[DATABASE].close()
    log = capsys.readouterr().err
    assert "guessing slowed down" in log
    assert EMAIL not in log


def test_a_forged_request_is_logged(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/login", data={"email": EMAIL}, environ_base=ADDRESS)

    (line,) = capsys.readouterr().err.splitlines()
    assert "forged request refused" in line
    assert EMAIL not in line
    assert "192.0.2.7" not in line
