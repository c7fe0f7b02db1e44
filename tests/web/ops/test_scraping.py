from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.config import Settings
from moderation.domain.statuses import Status
from moderation.services.events import record_events
from moderation.services.jobs import note_worker
from moderation.storage.models import Delivery, Mail, MailState
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.web.context import SETTINGS
from moderation.web.metrics import MOST_SITES, OTHERS
from moderation.web.ops.gauges import GAUGES, Kept
from tests.factories import (
    make_comment,
    make_endpoint,
    make_site,
    make_thread,
)

TOKEN = "t" * 40
GIVEN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def open_to(app: Flask, settings: Settings, request: pytest.FixtureRequest) -> None:
    """Let those see the figures whom the test says; with a token, if it says none."""
    given = getattr(request, "param", {"metrics_token": TOKEN})
    allowed = given.get("metrics_allow")
    app.extensions[SETTINGS] = replace(
        settings,
        metrics_token=given.get("metrics_token", ""),
        metrics_allow=(ip_network(allowed),) if allowed else (),
    )
    app.extensions[GAUGES] = Kept()


@pytest.fixture
def scraped(client: FlaskClient, open_to: None) -> FlaskClient:
    del open_to
    return client


def read(answer: TestResponse, name: str, **labels: str) -> float | None:
    for sample in list_samples(answer):
        if sample[0] == f"moderation_{name}" and sample[1] == labels:
            return sample[2]
    return None


def list_samples(answer: TestResponse) -> Iterator[tuple[str, dict[str, str], float]]:
    assert answer.status_code == 200, answer.text
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


ANY = "0.0.0.0/0"


@pytest.mark.parametrize(
    ("open_to", "headers", "address", "status"),
    [
        # Nothing is set: nobody.
        ({}, GIVEN, "127.0.0.1", 404),
        ({"metrics_token": TOKEN}, GIVEN, "192.0.2.7", 200),
        ({"metrics_token": TOKEN}, {}, "127.0.0.1", 401),
        ({"metrics_token": TOKEN}, {"Authorization": "Bearer x"}, "127.0.0.1", 401),
        ({"metrics_token": TOKEN}, {"Authorization": f"Basic {TOKEN}"}, "::1", 401),
        # No ASCII, as a client may send it.
        ({"metrics_token": TOKEN}, {"Authorization": "Bearer \xfc"}, "::1", 401),
        ({"metrics_allow": "10.1.0.0/16"}, {}, "10.1.2.3", 200),
        ({"metrics_allow": "10.1.0.0/16"}, {}, "::ffff:10.1.2.3", 200),
        ({"metrics_allow": "10.1.0.0/16"}, {}, "10.2.2.3", 403),
        ({"metrics_allow": "10.1.0.0/16"}, {}, "fd00::1", 403),
        ({"metrics_allow": "10.1.0.0/16"}, {}, "", 403),
        # What a client says of itself makes it no other.
        (
            {"metrics_allow": "10.1.0.0/16"},
            {"X-Forwarded-For": "10.1.2.3"},
            "192.0.2.7",
            403,
        ),
        # Nor does it gain by a proxy on this machine that nobody told us of.
        (
            {"metrics_allow": "10.1.0.0/16"},
            {"X-Forwarded-For": "192.0.2.7"},
            "10.1.2.3",
            403,
        ),
        # Both are set: both must fit.
        ({"metrics_token": TOKEN, "metrics_allow": ANY}, {}, "10.1.2.3", 401),
        ({"metrics_token": TOKEN, "metrics_allow": ANY}, GIVEN, "10.1.2.3", 200),
    ],
    indirect=["open_to"],
)
def test_who_may_see_the_figures(
    client: FlaskClient,
    open_to: None,
    headers: dict[str, str],
    address: str,
    status: int,
) -> None:
    del open_to

    origin = {"REMOTE_ADDR": address}
    answer = client.get("/metrics", headers=headers, environ_base=origin)

    assert answer.status_code == status
    assert ("moderation_" in answer.text) is (status == 200)


def test_what_waits_is_told_by_site_and_with_its_age(
    scraped: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        site = make_site(session, key="blog")
        for number in range(3):
            thread = make_thread(session, site, key=f"post-{number}")
            comment = make_comment(session, thread)
            comment.created_at = now() - timedelta(hours=number)
        make_comment(session, thread, status=Status.APPROVED)

    answer = scraped.get("/metrics", headers=GIVEN)

    age = read(answer, "queue_age_seconds", site="blog")
    assert read(answer, "queue_comments", site="blog") == 3
    assert read(answer, "queue_comments", site=OTHERS) == 0
    assert age == pytest.approx(7_200, abs=60)


def test_of_many_sites_the_fullest_queues_are_told(
    scraped: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        for number in range(MOST_SITES + 2):
            site = make_site(session, key=f"blog-{number}")
            thread = make_thread(session, site)
            for again in range(2 if number == 21 else 1):
                make_comment(session, thread, body=f"Text {again}.")

    answer = scraped.get("/metrics", headers=GIVEN)

    told = [s for s in list_samples(answer) if s[0] == "moderation_queue_comments"]
    assert len(told) == MOST_SITES + 1
    assert read(answer, "queue_comments", site="blog-21") == 2
    assert read(answer, "queue_comments", site=OTHERS) == 2


def test_what_is_to_be_sent_is_told(scraped: FlaskClient, database: Database) -> None:
    late, later = now() - timedelta(minutes=10), now() + timedelta(minutes=10)
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        make_endpoint(session)
        record_events(session, [make_comment(session, thread) for _ in range(2)])
        first, second = session.scalars(select(Delivery))
        first.next_at, second.next_at = late, later
        session.add(
            Mail(
                token="t",
                recipient="ada@example.org",
                subject="News",
                text="News",
                state=MailState.WAITING,
                next_at=late,
            )
        )

    answer = scraped.get("/metrics", headers=GIVEN)

    assert read(answer, "deliveries_waiting") == 2
    assert read(answer, "deliveries_due") == 1
    assert read(answer, "deliveries_late_seconds") == pytest.approx(600, abs=60)
    assert read(answer, "mails_due") == 1
    assert "ada@example.org" not in answer.text


def test_the_worker_the_disk_and_the_database_are_told(
    scraped: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        note_worker(session, at=now() - timedelta(minutes=2))

    answer = scraped.get("/metrics", headers=GIVEN)

    age = read(answer, "worker_heartbeat_age_seconds")
    assert age == pytest.approx(120, abs=60)
    assert read(answer, "database_up") == 1
    assert (read(answer, "disk_free_bytes") or 0) > 0
    assert (read(answer, "database_bytes") or 0) > 0
    assert ((read(answer, "database_log_bytes") or 0) > 0) == database.is_sqlite
    assert read(answer, "oldest_read_seconds") == 0


def test_without_the_database_the_rest_is_told(
    scraped: FlaskClient, database: Database
) -> None:
    with database.alter() as connection:
        connection.exec_driver_sql("ALTER TABLE jobs RENAME TO elsewhere")
    scraped.get("/healthz")

    answer = scraped.get("/metrics", headers=GIVEN)

    assert read(answer, "database_up") == 0
    assert read(answer, "request_seconds_count", route="/healthz")
    assert read(answer, "mails_due") is None


def test_the_queue_is_not_counted_for_everyone_who_asks(
    scraped: FlaskClient, database: Database
) -> None:
    scraped.get("/metrics", headers=GIVEN)
    with database.write() as session:
        make_comment(session, make_thread(session, make_site(session)))

    answer = scraped.get("/metrics", headers=GIVEN)

    assert read(answer, "queue_comments", site=OTHERS) == 0
    assert read(answer, "queue_comments", site="blog") is None


def test_answers_that_were_at_hand_are_told(
    scraped: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        make_thread(session, make_site(session))
    before = scraped.get("/metrics", headers=GIVEN)
    for _ in range(3):
        scraped.get("/embed/blog/comments?thread=post-1")

    answer = scraped.get("/metrics", headers=GIVEN)

    def count(outcome: str) -> float:
        name = "kept_answers_total"
        now, then = (read(a, name, outcome=outcome) or 0 for a in (answer, before))
        return now - then

    assert count("anew") == 1
    assert count("again") == 2


@pytest.mark.sqlite(reason="trouble is a table that is missing")
def test_what_the_database_did_not_take_is_told(
    scraped: FlaskClient, database: Database
) -> None:
    with database.alter() as connection:
        connection.exec_driver_sql("ALTER TABLE sites RENAME TO elsewhere")
    before = scraped.get("/metrics", headers=GIVEN)

    scraped.get("/embed/blog?thread=a")

    answer = scraped.get("/metrics", headers=GIVEN)
    name = "database_failures_total"
    now, then = (read(page, name, status="503") for page in (answer, before))
    # There before the first one: what begins at 1 is no increase to Prometheus.
    assert then is not None
    assert read(before, name, status="507") is not None
    assert now == then + 1
