import time
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.statuses import Action
from moderation.services.access import load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import decide_comments
from moderation.services.submissions import submit_comment
from moderation.storage.session import Count, Database
from moderation.web.context import DATABASE
from moderation.web.metrics import MOST_SITES, OTHERS, Metrics, use_metrics
from tests.factories import make_comment, make_moderator, make_site, make_thread

# What a request may cost more for being counted.
MOST_SECONDS = 30e-6


def read(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"moderation_{name}", labels) or 0


@pytest.fixture
def metrics(app: Flask, database: Database) -> Metrics:
    """Return metrics that count from 0, whatever the app did before."""
    metrics = Metrics()
    use_metrics(app, app.extensions[DATABASE], metrics)
    database.on_counts, database.on_wait = metrics.add, metrics.note_wait
    return metrics


def submit(session: Session, text: str = "Thank you.") -> None:
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@example.org", body=text
    )
    submit_comment(session, "blog", draft, Arrival())


def test_an_answer_is_counted_by_route_and_kind_of_status(
    client: FlaskClient, metrics: Metrics
) -> None:
    for path in ("/embed/one?thread=a", "/embed/two?thread=b", "/none"):
        client.get(path)

    route = "/embed/<site_key>"
    count = read(metrics, "requests_total", method="GET", route=route, status="4xx")
    assert count == 2
    assert read(metrics, "request_seconds_count", route=route) == 2
    assert read(metrics, "request_seconds_count", route="(none)") == 1


def test_no_client_makes_labels_of_its_own(
    client: FlaskClient, metrics: Metrics
) -> None:
    for number in range(5):
        client.open(f"/x{number}", method=f"METHOD{number}")

    series = [
        sample.labels
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "moderation_requests_total"
    ]
    assert series == [{"method": "other", "route": "(none)", "status": "4xx"}]


def test_verdicts_are_counted_for_a_bounded_number_of_sites() -> None:
    metrics = Metrics()

    for number in range(MOST_SITES + 7):
        metrics.add([Count("verdicts", (f"blog-{number}", "hold"))])

    assert read(metrics, "verdicts_total", site="blog-0", verdict="hold") == 1
    assert read(metrics, "verdicts_total", site=OTHERS, verdict="hold") == 7


def test_what_is_judged_and_decided_is_counted_when_it_is_committed(
    database: Database, metrics: Metrics
) -> None:
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        held = make_comment(session, thread)
        owner = make_moderator(session)
        submit(session)

    with database.write() as session:
        actor = load_actor(session, owner.id)
        decide_comments(session, actor, {held.id: held.version}, Action.SPAM)

    assert read(metrics, "verdicts_total", site="blog", verdict="hold") == 1
    assert read(metrics, "judging_seconds_count") == 1
    assert read(metrics, "decisions_total", status="spam") == 1
    assert read(metrics, "lessons_total", label="spam") == 1


def test_what_is_not_committed_is_not_counted(
    database: Database, metrics: Metrics
) -> None:
    with suppress(LookupError), database.write() as session:
        make_site(session)
        submit(session)
        raise LookupError

    assert read(metrics, "judging_seconds_count") == 0


@pytest.mark.sqlite(reason="PostgreSQL's writers wait for rows")
def test_waits_of_writers_are_measured(database: Database, metrics: Metrics) -> None:
    with database.write() as session:
        make_site(session)

    assert read(metrics, "database_wait_seconds_count", kind="turn") == 1
    assert read(metrics, "database_wait_seconds_count", kind="lock") == 1


def test_readers_wait_for_nothing(database: Database, metrics: Metrics) -> None:
    with database.read() as session:
        session.connection()
    with database.look() as connection:
        connection.exec_driver_sql("SELECT 1")

    assert read(metrics, "database_wait_seconds_count", kind="lock") == 0


def test_counting_costs_a_request_next_to_nothing() -> None:
    metrics, rounds = Metrics(), 2_000

    began = time.process_time()
    for _ in range(rounds):
        metrics.note_request("GET", "/embed/<site_key>/comments", 200, 0.004)
    each = (time.process_time() - began) / rounds

    assert each < MOST_SECONDS
