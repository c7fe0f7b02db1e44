import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from moderation.services.health import LEAST_FREE_BYTES
from moderation.services.jobs import note_worker
from moderation.storage.migrations import downgrade_schema
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.storage.write_ahead import LONG_LOG_BYTES

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 as `shutil` gives it


def break_database(database: Database, tmp_path: Path) -> None:
    """Put a folder in the database's place: nobody can open that."""
    database.close()
    path = Path(str(database.url.database))
    shutil.move(path, tmp_path / "moved")
    path.mkdir()


@pytest.fixture
def worker(database: Database) -> None:
    """Let a worker have been seen just now."""
    with database.write() as session:
        note_worker(session, at=now())


@pytest.mark.usefixtures("worker")
def test_a_service_that_lives_and_can_take_comments_says_so(
    client: FlaskClient,
) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, alive.text) == (200, "alive\n")
    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert alive.headers["Cache-Control"] == "no-store"


@pytest.mark.sqlite(reason="what is away is its file")
def test_without_its_database_a_service_lives_but_is_not_ready(
    app: Flask, client: FlaskClient, database: Database, tmp_path: Path
) -> None:
    del app
    break_database(database, tmp_path)

    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.mimetype == "application/problem+json"
    assert "Check that it runs" in ready.get_json(force=True)["detail"]


def test_an_outdated_database_is_not_ready_and_says_what_to_run(
    client: FlaskClient, database: Database
) -> None:
    downgrade_schema(database, revision="base")

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert "moderation db upgrade" in ready.get_json(force=True)["detail"]


@pytest.mark.usefixtures("worker")
def test_being_ready_does_not_wait_for_whoever_writes(
    client: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        session.connection()

        ready = client.get("/readyz")

    assert ready.status_code == 200


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        # It looks for work once a minute.
        (timedelta(minutes=1), 200),
        (timedelta(minutes=6), 503),
        # The clock was put back an hour: it was seen, if later than now.
        (timedelta(hours=-1), 200),
    ],
    ids=["now", "silent", "clock put back"],
)
def test_a_service_whose_worker_is_silent_is_not_ready(
    client: FlaskClient, database: Database, ago: timedelta, status: int
) -> None:
    with database.write() as session:
        note_worker(session, at=now() - ago)

    ready = client.get("/readyz")

    assert ready.status_code == status
    assert status == 200 or "moderation worker" in ready.get_json(force=True)["detail"]


def test_a_web_server_may_be_ready_without_a_worker(client: FlaskClient) -> None:
    strict, lenient = client.get("/readyz"), client.get("/readyz?exclude=worker")

    assert (strict.status_code, lenient.status_code) == (503, 200)


@pytest.mark.usefixtures("worker")
def test_a_service_whose_disk_is_almost_full_is_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Usage(10**9, 10**9, LEAST_FREE_BYTES - 1)
    monkeypatch.setattr("shutil.disk_usage", lambda _: left)

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert "Make room" in ready.get_json(force=True)["detail"]


@pytest.mark.sqlite(reason="its log")
@pytest.mark.usefixtures("worker")
def test_a_log_that_grows_is_told_of_and_keeps_nobody_from_being_served(
    client: FlaskClient, database: Database
) -> None:
    with database.read() as session:
        session.execute(text("SELECT count(*) FROM sites"))
        with database.write() as writing:
            writing.execute(text("CREATE TABLE ballast (content BLOB)"))
            row = text("INSERT INTO ballast VALUES (zeroblob(:size))")
            writing.execute(row, {"size": LONG_LOG_BYTES})

        ready, other = client.get("/readyz"), client.get("/readyz?exclude=log")

    assert ready.status_code == 200
    assert ready.text.startswith("ready\nThe database's log takes 6")
    assert other.text == "ready\n"
