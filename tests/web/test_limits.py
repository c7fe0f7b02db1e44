import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings, SettingsError
from moderation.web.context import DATABASE
from moderation.web.limits import LIMITER
from tests.factories import make_site
from tests.web.embed.posts import URL, make_fields


def test_limits_that_can_not_be_read_are_refused(settings: Settings) -> None:
    wrong = replace(settings, post_limit="lots", login_limit="")

    with pytest.raises(SettingsError) as caught:
        create_app(wrong)

    named = [problem.split(":")[0] for problem in caught.value.problems]
    assert named == ["MODERATION_POST_LIMIT", "MODERATION_LOGIN_LIMIT"]


def test_a_storage_that_can_not_be_used_is_refused(settings: Settings) -> None:
    url = "foo://user:secret@host"
    wrong = replace(settings, limits_enabled=True, limits_url=url)

    with pytest.raises(SettingsError, match="MODERATION_LIMITS_URL") as caught:
        create_app(wrong)

    assert "secret" not in str(caught.value)


def test_counting_in_memory_starts_no_threads(limited: FlaskClient) -> None:
    before = set(threading.enumerate())

    statuses = [post_from(limited, "192.0.2.1", number) for number in range(2)]

    assert statuses == [200, 429]
    assert set(threading.enumerate()) == before


@pytest.fixture
def limited(settings: Settings, session: Session) -> Iterator[FlaskClient]:
    make_site(session)
    session.commit()
    app = create_app(replace(settings, limits_enabled=True, post_limit="1 per hour"))
    yield app.test_client()
    app.extensions[DATABASE].close()


def post_from(client: FlaskClient, address: str, number: int) -> int:
    """Post without a token, which is shown a preview: that costs us as much.

    Each time somebody else is said to have sent it.
    """
    headers = {"Accept": "text/html", "X-Forwarded-For": f"198.51.100.{number}"}
    origin = {"REMOTE_ADDR": address}
    answer = client.post(URL, data=make_fields(), headers=headers, environ_base=origin)
    return answer.status_code


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        # What an address says of itself makes it no other.
        ("192.0.2.1", "192.0.2.1", 429),
        # Neighbours may be strangers.
        ("192.0.2.1", "192.0.2.2", 200),
        # One customer is given a /64, and may take any address in it.
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", 429),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 200),
        # The same address, as sockets for both kinds write it.
        ("192.0.2.1", "::ffff:192.0.2.1", 429),
        # An address on this link, with the name of the interface.
        ("fe80::1%eth0", "fe80::2%eth0", 429),
    ],
)
def test_who_is_counted_as_one(
    limited: FlaskClient, first: str, second: str, status: int
) -> None:
    before = post_from(limited, first, 1)

    after = post_from(limited, second, 2)

    assert (before, after) == (200, status)


@pytest.fixture
def proxied(settings: Settings, session: Session) -> Iterator[FlaskClient]:
    """Return a client of a service behind one proxy that it trusts."""
    make_site(session)
    session.commit()
    limited = replace(
        settings, limits_enabled=True, post_limit="1 per hour", trusted_proxies=1
    )
    app = create_app(limited)
    yield app.test_client()
    app.extensions[DATABASE].close()


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        # What the proxy adds is the last; what stands before, the client made up.
        ("198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1", 429),
        ("192.0.2.1", "10.0.0.1, 127.0.0.1, 192.0.2.1", 429),
        ("192.0.2.1", "192.0.2.2", 200),
        ("x, 2001:db8:0:1::1", "y, 2001:db8:0:1::2", 429),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 200),
    ],
)
def test_who_is_counted_behind_a_trusted_proxy(
    proxied: FlaskClient, first: str, second: str, status: int
) -> None:
    def post(said: str) -> int:
        headers = {"Accept": "text/html", "X-Forwarded-For": said}
        return proxied.post(URL, data=make_fields(), headers=headers).status_code

    before, after = post(first), post(second)

    assert (before, after) == (200, status)


def test_all_can_be_forgotten_even_if_nobody_was_counted(limited: FlaskClient) -> None:
    limiter = limited.application.extensions[LIMITER]

    limiter.reset()
    first = [post_from(limited, "192.0.2.1", number) for number in range(2)]
    limiter.reset()

    assert first == [200, 429]
    assert post_from(limited, "192.0.2.1", 3) == 200


def test_only_views_have_limits(limited: FlaskClient) -> None:
    limiter = limited.application.extensions[LIMITER]
    manager, app = limiter.limit_manager, limited.application

    found = [
        limit
        for blueprint in app.blueprints
        for limit in manager.blueprint_limits(app, blueprint)
    ]

    assert found == []
    assert manager.application_limits == []
    assert manager.default_limits == []


def test_limits_outlive_a_clock_that_is_put_back(limited: FlaskClient) -> None:
    begun = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        first = post_from(limited, "192.0.2.1", 1)
    with time_machine.travel(begun - timedelta(hours=1), tick=False):
        same = post_from(limited, "192.0.2.1", 2)
        other = post_from(limited, "192.0.2.9", 3)
    with time_machine.travel(begun + timedelta(days=1), tick=False):
        later = post_from(limited, "192.0.2.1", 4)

    assert (first, same, other, later) == (200, 429, 200, 200)
