"""Owns what all tests share: a real database, the app on it, and a client."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings
from moderation.storage.session import Database
from moderation.web.context import DATABASE


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of CI in which a test was skipped: there all of them can be run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and "CI" in os.environ and reporter.stats.get("skipped"):
        reporter.write_line("\nFailed: with CI set no test may be skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'test.sqlite3'}",
        secret_key="k" * 48,
        base_url="http://localhost",
        limits_enabled=False,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    # As in production: an error must become an answer, not a traceback.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.extensions[DATABASE].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def database(app: Flask) -> Database:
    database: Database = app.extensions[DATABASE]
    return database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Return a session whose work is committed at `session.commit()` only."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session
