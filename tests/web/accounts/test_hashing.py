"""What passwords are kept as, and how long it takes, in earnest."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings
from moderation.storage.models import Moderator
from moderation.web.context import DATABASE
from tests.web.visiting import PASSWORD, Visitor, add_account, visit


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Return an app whose passwords take as long as they do in earnest."""
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.extensions[DATABASE].close()


@pytest.fixture
def alice(app: Flask, session: Session) -> Moderator:
    return add_account(app, session)


@pytest.fixture
def visitor(app: Flask, alice: Moderator) -> Visitor:
    return Visitor(app.test_client(), alice.email)


def test_the_password_is_kept_as_argon2id_of_the_advised_cost(
    alice: Moderator,
) -> None:
    assert (alice.password or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    visitor: Visitor,
) -> None:
    took: dict[str, list[float]] = {"alice@example.org": [], "nobody@example.org": []}

    # By turns and the least of each, in seconds of the processor: the machine may be
    # busy with something else.
    for email in [*took] * 4:
        visitor.email = email
        start = time.thread_time()
        visitor.log_in("not the one at all")
        took[email].append(time.thread_time() - start)

    known, unknown = map(min, took.values())
    assert 0.5 < known / unknown < 2, (known, unknown)


def test_a_password_of_a_megabyte_is_refused_at_once(visitor: Visitor) -> None:
    token = visitor.find_token()
    start = time.perf_counter()

    answers = [
        visitor.client.post(
            "/login",
            data={
                "csrf_token": token,
                "email": "alice@example.org",
                "password": "p" * length,
            },
        )
        for length in (1_000_000, 1_100_000)
    ]

    assert [answer.status_code for answer in answers] == [422, 413]
    assert time.perf_counter() - start < 1


def test_a_weaker_hash_is_renewed_at_login(
    app: Flask, session: Session, alice: Moderator
) -> None:
    with app.app_context():
        context = app.extensions["security"].pwd_context
        alice.password = context.using(argon2__time_cost=1).hash(PASSWORD)
    session.commit()

    visit(app, alice.email)

    session.refresh(alice)
    assert "m=19456,t=2,p=1" in (alice.password or "")
