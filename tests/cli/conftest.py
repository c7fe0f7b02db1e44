"""Owns how tests run the command in this process."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from moderation.app import create_app
from moderation.cli import run_cli
from moderation.config import Settings
from moderation.web.context import DATABASE
from tests.cli.mould import Mould, open_mould
from tests.cli.running import Outcome, Run
from tests.conftest import SQLITE, Lend


@pytest.fixture(scope="session")
def mould() -> Iterator[Mould]:
    """Return what forks processes of the command, for those to whom that is one."""
    with open_mould() as mould:
        yield mould


@pytest.fixture
def data_dir(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lend_database: Lend,
) -> Iterator[Path]:
    """Return where commands keep things: up to date by now, as making that takes time.

    Where there is no database, commands make one; those tests take it away first.
    """
    folder = tmp_path / "data"
    monkeypatch.setenv("MODERATION_DATA_DIR", str(folder))
    if request.config.getoption("database") == SQLITE:
        folder.mkdir(mode=0o700)
        migrated: Path = request.getfixturevalue("migrated")
        shutil.copy(migrated, folder / "moderation.sqlite3")
        yield folder
        return
    with lend_database(tmp_path) as url:
        monkeypatch.setenv("MODERATION_DATABASE_URL", url)
        yield folder


@pytest.fixture
def kept_url(data_dir: Path) -> str:
    """Return the address of the database that commands keep things in."""
    in_folder = f"sqlite:///{data_dir / 'moderation.sqlite3'}"
    return os.environ.get("MODERATION_DATABASE_URL", in_folder)


@pytest.fixture
def run(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    del data_dir
    apps: list[Flask] = []

    def make_app(settings: Settings | None) -> Flask:
        apps.append(create_app(settings))
        return apps[-1]

    def run(*arguments: str, given: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        status = run_cli(make_app, arguments)
        # Otherwise the process's end closes it.
        while apps:
            apps.pop().extensions[DATABASE].close()
        written = capsys.readouterr()
        return Outcome(
            status=status, out=written.out.splitlines(), err=written.err.splitlines()
        )

    return run
