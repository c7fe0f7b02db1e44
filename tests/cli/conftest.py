"""Owns how tests run the command in this process."""

import io
from pathlib import Path

import pytest

from moderation.app import create_app
from moderation.cli import run_cli
from tests.cli.running import Outcome, Run


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("MODERATION_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def run(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    del data_dir

    def run(*arguments: str, given: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        status = run_cli(create_app, arguments)
        written = capsys.readouterr()
        return Outcome(
            status=status, out=written.out.splitlines(), err=written.err.splitlines()
        )

    return run
