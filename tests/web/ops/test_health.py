import shutil
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from moderation.storage.migrations import downgrade_schema
from moderation.storage.session import Database


def break_database(database: Database, tmp_path: Path) -> None:
    """Put a folder in the database's place: nobody can open that."""
    database.close()
    path = Path(str(database.url.database))
    shutil.move(path, tmp_path / "moved")
    path.mkdir()


def test_a_service_that_lives_and_can_take_comments_says_so(
    client: FlaskClient,
) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, alive.text) == (200, "alive\n")
    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert alive.headers["Cache-Control"] == "no-store"


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


def test_being_ready_does_not_wait_for_whoever_writes(
    client: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        session.connection()

        ready = client.get("/readyz")

    assert ready.status_code == 200
