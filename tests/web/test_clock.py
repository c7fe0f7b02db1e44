"""What a clock that jumps does to the service: an hour back, a day ahead."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.delivery.jobs import JobRunner, PeriodicJob
from moderation.domain.pace import Pace
from moderation.services.deliveries import claim_deliveries, find_due_endpoint
from moderation.services.events import record_events
from moderation.storage.models import Comment
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_comment, make_endpoint, make_site, make_thread
from tests.web.embed.posts import fetch_token, make_fields, post_json
from tests.web.visiting import Visitor, add_account, visit

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BACK, AHEAD = -timedelta(hours=1), timedelta(days=1)
JUMPS = pytest.mark.parametrize("jump", [BACK, AHEAD], ids=["back", "ahead"])


@JUMPS
def test_a_form_that_was_open_can_be_sent(
    client: FlaskClient, session: Session, jump: timedelta
) -> None:
    make_thread(session, make_site(session))
    session.commit()
    with time_machine.travel(NOON, tick=False) as clock:
        token = fetch_token(client)
        first = post_json(client, make_fields(token=token, comment="Before it."))
        clock.shift(jump)
        second = post_json(client, make_fields(token=token, comment="After it."))
        fresh = fetch_token(client)
        third = post_json(client, make_fields(token=fresh, comment="And then."))

    stored = session.scalars(select(Comment.body).order_by(Comment.id)).all()
    assert [a.status_code for a in (first, second, third)] == [201, 201, 201]
    assert list(stored) == ["Before it.", "After it.", "And then."]


@pytest.mark.parametrize(
    ("jump", "is_in"),
    [
        (BACK, True),
        # Nothing was done for a day: as if nobody had been there.
        (AHEAD, False),
    ],
    ids=["back", "ahead"],
)
def test_a_moderator_stays_in_or_logs_in_again(
    app: Flask, session: Session, jump: timedelta, *, is_in: bool
) -> None:
    add_account(app, session)
    with time_machine.travel(NOON, tick=False) as clock:
        visitor: Visitor = visit(app, "alice@example.org")
        clock.shift(jump)
        still = visitor.get("/moderate/")
        visitor.log_in()
        again = visitor.get("/moderate/")

    assert (still.status_code == 200) is is_in
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("jump", "runs"),
    [
        # It ran at noon, and is due at one: for that it waits.
        (BACK, 1),
        (AHEAD, 2),
    ],
    ids=["back", "ahead"],
)
def test_a_job_is_run_when_its_time_comes(
    settings: Settings, database: Database, jump: timedelta, runs: int
) -> None:
    done: list[datetime] = []

    def work(_: Database, __: Settings) -> str:
        done.append(now())
        return "Done."

    job = PeriodicJob(name="a", every=timedelta(hours=1), work=work)
    runner = JobRunner(database, settings, [job], is_stopping=threading.Event())
    with time_machine.travel(NOON, tick=False) as clock:
        runner.run()
        clock.shift(jump)
        runner.run()
        before = len(done)
        clock.shift(timedelta(hours=3))
        runner.run()

    assert before == runs
    assert len(done) == runs + 1


@JUMPS
def test_what_is_to_be_sent_is_sent_in_the_end_and_once(
    database: Database, session: Session, jump: timedelta
) -> None:
    endpoint = make_endpoint(session)
    thread = make_thread(session, make_site(session))
    with time_machine.travel(NOON, tick=False) as clock:
        record_events(session, [make_comment(session, thread)])
        session.commit()
        clock.shift(jump)
        clock.shift(timedelta(hours=1, minutes=1))
        with database.write() as writing:
            due = find_due_endpoint(writing, at=now())
            first = claim_deliveries(writing, endpoint.id, at=now(), pace=Pace())
        with database.write() as writing:
            second = claim_deliveries(writing, endpoint.id, at=now(), pace=Pace())

    assert due is not None
    assert first is not None
    assert second is None
