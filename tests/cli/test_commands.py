import shutil
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

from moderation.cli.commands import SUBCOMMANDS
from tests.cli.running import Run


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_list_of_commands_says_what_the_commands_say(name: str) -> None:
    command = import_module(SUBCOMMANDS[name].module).command

    assert command.name == name
    assert (command.help or "").split("\n", maxsplit=1)[0] == SUBCOMMANDS[name].summary


def test_help_lists_all_commands(run: Run) -> None:
    done = run("--help")

    listed = {line.split()[0] for line in done.out if line.startswith("  ")}
    assert done.status == 0
    assert set(SUBCOMMANDS) <= listed


def test_the_version_is_that_of_the_distribution(run: Run) -> None:
    done = run("--version")

    assert (done.status, done.out) == (0, [version("leave-a-reply")])


def test_no_command_is_wrong_usage_and_shows_the_help(run: Run) -> None:
    done = run()

    assert done.status == 2
    assert done.err[0].startswith("Usage: moderation")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], "see: moderation --help"),
        (["judge", "--fly"], "see: moderation judge --help"),
        (["site", "add", "blog"], "see: moderation site add --help"),
        (["serve", "--port", "70000"], "see: moderation serve --help"),
        (
            ["site", "add", "b", "--name", "B", "--origin", "x", "--policy", "y"],
            "hold_",
        ),
        (["evaluate", "missing.jsonl"], "missing.jsonl"),
    ],
)
def test_wrong_usage_is_one_line_that_says_where_to_look(
    run: Run, arguments: list[str], words: str
) -> None:
    done = run(*arguments)

    assert (done.status, done.out, len(done.err)) == (2, [], 1)
    assert done.err[0].startswith("moderation: ")
    assert words in done.err[0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MODERATION_TRUSTED_PROXIES", "many", "MODERATION_TRUSTED_PROXIES"),
        ("MODERATION_TRUSTED_PROXYS", "1", "no such setting"),
        ("MODERATION_DATABASE_URL", "comments", "no database address"),
        ("MODERATION_DATABASE_URL", "oracle9://x", "not supported"),
        # No driver for it is installed.
        ("MODERATION_DATABASE_URL", "mysql://x", "MySQLdb"),
        ("MODERATION_DATABASE_URL", "sqlite:////missing/x.sqlite3", "can't be used"),
        # Nobody may make a directory there.
        ("MODERATION_DATA_DIR", "/proc/comments", "a directory this user can write"),
    ],
)
def test_a_set_up_that_can_not_work_is_one_line_that_says_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)

    done = run("site", "list")

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert words in done.err[0]


@pytest.mark.sqlite(reason="is about a file")
def test_where_there_is_no_database_a_command_makes_one(
    run: Run, data_dir: Path
) -> None:
    shutil.rmtree(data_dir)

    done = run("site", "add", "blog", "--name", "B", "--origin", "https://b.example")

    assert (done.status, done.err) == (0, [])
    assert (data_dir / "moderation.sqlite3").exists()


@pytest.mark.sqlite(reason="is about a file")
def test_a_file_that_is_no_database_is_named_as_such(run: Run, data_dir: Path) -> None:
    (data_dir / "moderation.sqlite3").write_bytes(b"not a database" * 100)

    done = run("site", "list")

    assert done.status == 1
    assert len(done.err) == 1
    assert "file is not a database" in done.err[0]


def test_an_error_of_ours_keeps_its_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("moderation.cli.site.open_database", fail)

    with pytest.raises(ZeroDivisionError):
        run("site", "list")
