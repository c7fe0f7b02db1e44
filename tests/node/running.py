"""Runs the scripts of this folder: clients that others wrote, in Node."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

# Takes a script's name and what it reads as JSON; returns what it prints as JSON.
RunScript = Callable[[str, Any], Any]


def find_obstacle() -> str:
    """Return why no script can be run and what to do, "" if they can."""
    if shutil.which("node") is None:
        return "Node is missing; apt-get install nodejs npm"
    if not (FOLDER / "node_modules").is_dir():
        return "clients in Node are missing; npm install --prefix tests/node"
    return ""


def run_in_node(name: str, given: Any) -> Any:  # noqa: ANN401 any JSON
    done = subprocess.run(
        ["node", FOLDER / name],  # noqa: S607 found above
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
