"""Holds the imports to the contracts in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


# Flask and SQLAlchemy take most of a second to import, which is long to wait for a
# list of options, and longer than most texts take to be judged.
@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["--help"], ""),
        (["judge"], '{"id": 1, "body": "Hello"}'),
        (["explain", "-"], "Hello"),
        (["evaluate", "--help"], ""),
    ],
)
def test_what_needs_no_framework_does_not_wait_for_one(
    arguments: list[str], given: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "moderation", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )

    imported = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in done.stderr.splitlines()
    }
    assert imported & {"flask", "sqlalchemy", "werkzeug", "alembic"} == set()
