"""Holds the container file against the project: no test can fetch what it builds on."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import click
from flask import Flask

from moderation.cli.commands import SUBCOMMANDS
from tests.architecture.test_packaging import SOURCES

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
TEXT = (ROOT / "docs" / "deploy" / "Containerfile").read_text(encoding="utf-8")
TOLD = [line[2:] for line in TEXT.splitlines() if line.startswith("# ")]
# Those that go on are one.
STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", " ", TEXT).splitlines()
    if line and not line.startswith("#")
]
(START,) = [json.loads(rest) for step, rest in STEPS if step == "CMD"]
EXAMPLE = next(line for line in TOLD if " exec comments " in line)

# What a read-only root with a /data and a /tmp would refuse.
WATCHED = """
import os, sys
from pathlib import Path
given = tuple(str(Path(folder).resolve()) for folder in sys.argv[1:3]) + ("/dev/",)
def watch(event, arguments):
    is_written = event == "open" and isinstance(arguments[2], int) and (
        arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    if is_written or event in ("os.mkdir", "os.rename", "os.link", "sqlite3.connect"):
        path = arguments[0]
        if isinstance(path, (str, bytes, os.PathLike)):
            path = os.fsdecode(path).removeprefix("file://").split("?")[0]
            if not str(Path(path).absolute()).startswith(given):
                raise PermissionError(f"read-only: {event} {path}")
sys.addaudithook(watch)
from moderation.__main__ import make_app
from moderation.cli import run_cli
add = ["site", "add", "blog", "--name", "B", "--origin", "https://blog.example"]
copy = str(Path(given[0]) / "copy.sqlite3")
export, tidy = ["export", "--site", "blog"], ["jobs", "run", "scrub"]
for line in (add, export, ["backup", copy], tidy):
    assert run_cli(make_app, line) == 0, line
client, origin = make_app(None).test_client(), {"Origin": "https://blog.example"}
place = "/embed/blog/comments"
token = client.get(place + "?thread=a", headers=origin).get_json()["token"]
fields = {"thread": "a", "name": "Ada", "email": "ada@example.org", "token": token}
# More than is kept in memory.
long = {**fields, "comment": "word " * 100_000}
print(client.post(place, headers=origin, data=long).status_code)
fields["comment"] = "Hello"
print(client.post(place, headers=origin, json=fields).status_code)
"""


def list_steps(kind: str) -> list[str]:
    return [rest for step, rest in STEPS if step == kind]


def read_options(line: list[str]) -> dict[str, object]:
    """Return what a command line gives, as the command itself reads it."""
    program, name, *rest = line
    assert program == "moderation"
    command = import_module(SUBCOMMANDS[name].module).command
    while isinstance(command, click.Group):
        name, *rest = rest
        command = command.commands[name]
    with command.make_context(name, rest) as context:
        return dict(context.params)


def test_what_is_copied_is_what_the_project_is_made_of() -> None:
    # All of a folder may be a database and its key.
    copied = {
        name
        for rest in list_steps("COPY")
        if not rest.startswith("--from")
        for name in rest.split()[:-1]
    }

    assert copied == {*SOURCES, "constraints.txt"}


def test_extras_and_the_version_of_python_are_those_of_the_project() -> None:
    (extras,) = re.findall(r"'/source\[([a-z,]+)\]'", TEXT)
    versions = {
        tuple(map(int, found))
        for found in re.findall(r"^FROM .*/python:(\d+)\.(\d+)-", TEXT, re.MULTILINE)
    }
    (least,) = re.findall(r"^>=(\d+)\.(\d+)$", PROJECT["requires-python"])

    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])
    assert len(versions) == 1
    assert versions.pop() >= tuple(map(int, least))


def test_who_serves_is_not_root_and_owns_nothing_but_the_data() -> None:
    (user,) = list_steps("USER")
    kinds = [step for step, _ in STEPS]
    (made,) = [rest for rest in list_steps("RUN") if "useradd" in rest]

    assert user not in {"root", "0"}
    assert kinds.index("USER") < kinds.index("CMD")
    assert shlex.split(made)[-1] == "/data"
    assert re.search(rf"useradd --system --uid [1-9]\d+ {user} ", made)
    assert re.search(rf"install -d -o {user} -m 0700 /data$", made)
    assert list_steps("VOLUME") == ["/data"]
    assert "MODERATION_DATA_DIR=/data" in shlex.split(list_steps("ENV")[0])


def test_it_listens_where_it_is_asked(app: Flask) -> None:
    given = read_options(START)
    (check,) = list_steps("HEALTHCHECK")
    (port, path) = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", check)[0]

    assert given["host"] == "0.0.0.0"  # noqa: S104 all of the container
    assert list_steps("EXPOSE") == [str(given["port"])] == [port]
    assert path in {rule.rule for rule in app.url_map.iter_rules()}
    assert f"-p 127.0.0.1:{port}:{port}" in TEXT


def test_the_command_that_is_told_to_begin_with_is_one() -> None:
    line = shlex.split(EXAMPLE.split(" exec comments ")[1])

    assert read_options(line)["key"] == "blog"


def test_nothing_is_written_but_to_the_data_and_for_a_moment(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    temporary.mkdir()
    environment = {
        "MODERATION_DATA_DIR": str(data),
        "TMPDIR": str(temporary),
        # There they are there already, or can't be written.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": "",
    }

    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(data), str(temporary)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["422", "201"]
    assert "--read-only --tmpfs /tmp" in TEXT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "tmp"]
    assert list(temporary.iterdir()) == []
