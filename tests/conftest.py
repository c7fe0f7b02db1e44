"""Owns what all tests share: a real database, the app on it, and a client."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from moderation.app import create_app
from moderation.config import Settings
from moderation.storage.migrations import ensure_schema
from moderation.storage.session import Database
from moderation.web.context import DATABASE
from tests.node.running import RunScript, find_obstacle, run_in_node


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of CI in which a test was skipped: there all of them can be run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and "CI" in os.environ and reporter.stats.get("skipped"):
        reporter.write_line("\nFailed: with CI set no test may be skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def compiled_rules() -> Iterator[None]:
    """Compile each route once: each test has an app of its own, of the same routes.

    That is four fifths of the time it takes to make one, and was half of the suite's.
    """
    compile_builder = Rule._compile_builder  # noqa: SLF001
    kept: dict[object, Callable[..., tuple[str, str]]] = {}

    def find_builder(
        rule: Rule,
        append_unknown: bool = True,  # noqa: FBT001, FBT002 - as Werkzeug calls it
    ) -> Callable[..., tuple[str, str]]:
        # All that Werkzeug compiles a builder from.
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, tuple(rule._trace), repr(defaults), append_unknown)  # noqa: SLF001
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", find_builder)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database as the migrations make it, to be copied, not written."""
    path = tmp_path_factory.mktemp("migrated") / "test.sqlite3"
    database = Database(f"sqlite:///{path}")
    ensure_schema(database)
    database.close()
    return path


@pytest.fixture
def database_url(tmp_path: Path, migrated: Path) -> str:
    """Return the address of an empty database of the test's own."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="k" * 48,
        base_url="http://localhost",
        limits_enabled=False,
    )


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return where templates are kept compiled: each test has an app of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled
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


@pytest.fixture(scope="session")
def run_script() -> RunScript:
    """Return what runs a script of tests/node."""
    if obstacle := find_obstacle():
        pytest.skip(obstacle)
    return run_in_node
