"""Owns the list of subcommands, and how a failure becomes a line and a status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

    from moderation.config import Settings

    AppFactory = Callable[[Settings | None], Flask]
else:
    AppFactory = Callable

PROGRAM = "moderation"
DISTRIBUTION = "leave-a-reply"
DONE, FAILED = 0, 1


@dataclass(frozen=True, kw_only=True)
class Subcommand:
    """Where a subcommand is, and its line in `moderation --help`."""

    module: str
    summary: str


# The summaries stand here so that --help need not import what the commands need;
# a test holds them against the commands.
SUBCOMMANDS = {
    "demo": Subcommand(
        module="moderation.cli.demo", summary="Try the service on a throwaway site."
    ),
    "serve": Subcommand(
        module="moderation.cli.serve",
        summary="Serve forms, comments and the queue; send webhooks and mail.",
    ),
    "worker": Subcommand(
        module="moderation.cli.worker",
        summary="Send webhooks and mail, without the web server.",
    ),
    "site": Subcommand(
        module="moderation.cli.site", summary="Add, list and change sites."
    ),
    "thread": Subcommand(
        module="moderation.cli.thread",
        summary="List, close and open the threads of sites.",
    ),
    "rule": Subcommand(
        module="moderation.cli.rule",
        summary="Add, list, try and delete the rules of sites.",
    ),
    "comment": Subcommand(
        module="moderation.cli.comment",
        summary="Find comments, read one, decide, note and reply.",
    ),
    "campaign": Subcommand(
        module="moderation.cli.campaign",
        summary="List campaigns, decide on them, and gather those of old comments.",
    ),
    "moderator": Subcommand(
        module="moderation.cli.moderator",
        summary="Add, list, invite and change moderators.",
    ),
    "endpoint": Subcommand(
        module="moderation.cli.endpoint",
        summary="Add, list, test and disable webhooks.",
    ),
    "token": Subcommand(
        module="moderation.cli.token",
        summary="Make, list and revoke the tokens of the API.",
    ),
    "judge": Subcommand(
        module="moderation.cli.judge", summary="Judge comments given as JSON lines."
    ),
    "explain": Subcommand(
        module="moderation.cli.explain", summary="Show how one text is judged."
    ),
    "evaluate": Subcommand(
        module="moderation.cli.evaluate",
        summary="Measure the filter on labelled JSON lines.",
    ),
    "train": Subcommand(
        module="moderation.cli.train",
        summary="Fit the shipped prior on labelled JSON lines.",
    ),
    "check": Subcommand(
        module="moderation.cli.check",
        summary="Say what blogs need, or why the comments of a page would fail.",
    ),
    "import": Subcommand(
        module="moderation.cli.importing",
        summary="Move the comments of another system in.",
    ),
    "export": Subcommand(
        module="moderation.cli.exporting",
        summary="Write all comments of a site to standard output.",
    ),
    "person": Subcommand(
        module="moderation.cli.person",
        summary="Print all that is kept about somebody.",
    ),
    "erase": Subcommand(
        module="moderation.cli.erase",
        summary="Erase somebody from the database and its file.",
    ),
    "backup": Subcommand(
        module="moderation.cli.backup",
        summary="Write a checked copy of the database, also while the service runs.",
    ),
    "restore": Subcommand(
        module="moderation.cli.restore",
        summary="Put a backup in the place of the database.",
    ),
    "jobs": Subcommand(
        module="moderation.cli.jobs",
        summary="List what the worker does every so often; run one of these jobs now.",
    ),
    "db": Subcommand(module="moderation.cli.db", summary="Migrate the database."),
}


class LazyGroup(click.Group):
    """A group whose subcommands are imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        del ctx
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand: each module has it under the name `command`."""
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        command: click.Command = import_module(SUBCOMMANDS[cmd_name].module).command
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of subcommands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, found.summary) for name, found in SUBCOMMANDS.items()]
            )


@click.command(PROGRAM, cls=LazyGroup)
@click.version_option(package_name=DISTRIBUTION, message="%(version)s")
def group() -> None:
    """Run a comment form, a spam filter and a moderation queue for blogs.

    Settings are MODERATION_… variables; README.md lists them.
    """


def run_cli(create_app: AppFactory, arguments: Sequence[str]) -> int:
    """Run the command line, given what makes the app, and return the exit status.

    0: done. 1: failed. 2: wrong usage. What went wrong is on stderr, a line each.
    """
    try:
        result = group.main(
            list(arguments), PROGRAM, standalone_mode=False, obj=create_app
        )
        sys.stdout.flush()
    except (click.Abort, click.ClickException) as error:
        return _refuse(error)
    except BrokenPipeError:
        return _leave_quietly()
    except Exception as error:
        # What knows the storage's errors imports it; only a failure has to.
        from moderation.cli.failures import describe_failure  # noqa: PLC0415

        message = describe_failure(error)
        if message is None:
            raise
        print_failure(message)
        return FAILED
    # What click.Context.exit was given (as by --help); commands return nothing.
    return result if isinstance(result, int) else DONE


def print_failure(message: str) -> None:
    """Say on stderr what went wrong: one line for each of the message."""
    for line in message.splitlines():
        click.echo(f"{PROGRAM}: {line}", err=True)


def _refuse(error: click.Abort | click.ClickException) -> int:
    """Say what click refused, and return the exit status."""
    if isinstance(error, click.Abort):
        print_failure("stopped")
        return FAILED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    elif isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else PROGRAM
        print_failure(f"{error.format_message().rstrip('.')}; see: {path} --help")
    else:
        print_failure(error.format_message())
    return error.exit_code


def _leave_quietly() -> int:
    """Give up writing: whoever read our output (`head`, a pager) has gone.

    What is still buffered goes nowhere, else Python complains when it ends.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
