"""A flood from everywhere is taken, and waits for moderators."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings
from moderation.domain.policy import Policy
from moderation.domain.statuses import Status
from moderation.spam.flood import FEWEST_IN_FLOOD
from moderation.web.context import DATABASE
from tests.factories import ORIGIN, make_site
from tests.web.embed.posts import URL, fetch_token, find_comments, make_fields

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 200


@pytest.fixture
def limited(settings: Settings, session: Session) -> Iterator[FlaskClient]:
    """Return a client of a service with limits, and a site that trusts its filter."""
    site = make_site(session, policy=Policy.HOLD_SUSPECT)
    site.publish_below = site.spam_above = 0.999
    session.commit()
    app = create_app(replace(settings, limits_enabled=True))
    yield app.test_client()
    app.extensions[DATABASE].close()


def post_from(client: FlaskClient, token: str, number: int) -> HTTPStatus:
    """Post a harmless comment of its own from a network of its own."""
    fields = make_fields(
        token=token,
        name=f"Ada {number}",
        email=f"ada{number}@example.org",
        comment=f"On train number {number} I read it, and it made me smile.",
    )
    answer = client.post(
        URL,
        json=fields,
        headers={"Origin": ORIGIN},
        environ_base={"REMOTE_ADDR": f"198.51.{number}.7"},
    )
    return HTTPStatus(answer.status_code)


def test_a_flood_from_many_networks_is_taken_and_held(
    limited: FlaskClient, session: Session
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        token = fetch_token(limited)
        answers = []
        for number in range(MANY):
            answers.append(post_from(limited, token, number))
            clock.shift(1)
        clock.shift(timedelta(hours=1))
        later = post_from(limited, token, MANY)

    comments = find_comments(session)
    assert Counter(answers) == {HTTPStatus.CREATED: MANY}
    assert later == HTTPStatus.CREATED
    assert {c.status for c in comments[FEWEST_IN_FLOOD:MANY]} == {Status.HELD}
    # Before and after it the filter is trusted.
    assert comments[0].status is Status.APPROVED
    assert comments[MANY].status is Status.APPROVED
