"""Owns what all tests share: a real database, the app on it, and a client."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.storage.migrations import ensure_schema
from moderation.storage.session import Database
from tests.apps import Apps
from tests.factories import SECRET_KEY
from tests.node.running import RunScript, find_obstacle, run_in_node
from tests.postgresql import Databases, Server, serving
from tests.sparing import look_for_garbage_less, sparing

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# Given the folder that an SQLite file goes to, yields the address of a database.
Lend = Callable[[Path], AbstractContextManager[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(SQLITE, POSTGRESQL),
        default=SQLITE,
        help="which one the tests use; with postgresql only those are run that use "
        "one, and are not about SQLite itself",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out on PostgreSQL what was run on SQLite and would be the same."""
    if config.getoption("database") == SQLITE:
        return
    kept: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        uses_database = "lend_database" in getattr(item, "fixturenames", ())
        is_about_sqlite = item.get_closest_marker(SQLITE) is not None
        (kept if uses_database and not is_about_sqlite else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of CI in which a test was skipped: there all of them can be run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and "CI" in os.environ and reporter.stats.get("skipped"):
        reporter.write_line("\nFailed: with CI set no test may be skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_finish() -> None:
    look_for_garbage_less()


@pytest.fixture(scope="session", autouse=True)
def spared() -> Iterator[None]:
    with sparing():
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database as the migrations make it, to be copied, not written."""
    path = tmp_path_factory.mktemp("migrated") / "test.sqlite3"
    database = Database(f"sqlite:///{path}")
    ensure_schema(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Return a PostgreSQL of this process's own, as fast as it can be."""
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        # For pg_dump, of the server's own version.
        patch.setenv("PATH", f"{server.programs}{os.pathsep}{os.environ['PATH']}")
        yield server


@pytest.fixture(scope="session")
def lend_database(request: pytest.FixtureRequest) -> Iterator[Lend]:
    """Return what lends an empty database, of the kind this run is about."""
    if request.config.getoption("database") == POSTGRESQL:
        databases = Databases(server=request.getfixturevalue(POSTGRESQL))
        yield databases.lend
        databases.close()
        return
    migrated: Path = request.getfixturevalue("migrated")

    @contextmanager
    def lend(folder: Path) -> Iterator[str]:
        yield f"sqlite:///{shutil.copy(migrated, folder)}"

    yield lend


@pytest.fixture
def database_url(lend_database: Lend, tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty database of the test's own."""
    with lend_database(tmp_path) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key=SECRET_KEY,
        base_url="http://localhost",
        limits_enabled=False,
    )


@pytest.fixture(scope="session")
def apps() -> Apps:
    """Return the apps of this process, each of which is made once."""
    return Apps()


@pytest.fixture
def app(settings: Settings, database: Database, apps: Apps) -> Iterator[Flask]:
    with apps.lend(settings, database) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Return a session whose work is committed at `session.commit()` only."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture(scope="session")
def run_script() -> RunScript:
    """Return what runs a script of tests/node."""
    if obstacle := find_obstacle():
        pytest.skip(obstacle)
    return run_in_node
