"""Owns `moderation db`: the database's revision, and steps up and down."""

import click
from alembic.util.exc import CommandError
from cryptography.fernet import InvalidToken

from moderation.cli.copying import copy
from moderation.cli.database import open_database
from moderation.config import load_settings
from moderation.services.sealing import Sealer
from moderation.storage.migrations import (
    HEAD,
    downgrade_schema,
    find_head,
    find_revision,
    upgrade_schema,
)
from moderation.storage.session import Database

EMPTY = "empty"
UNREADABLE = (
    "Secrets of webhooks are sealed with a key that is not there any more. Name it in "
    "MODERATION_OLD_SECRET_KEYS, or make new secrets: moderation endpoint rotate."
)


@click.group("db")
def command() -> None:
    """Migrate the database."""


@command.command("upgrade")
@click.argument("revision", default=HEAD)
def upgrade(revision: str) -> None:
    """Bring the database to REVISION (default: the newest), all or nothing."""
    with open_database(is_current=False) as database:
        try:
            upgrade_schema(database, revision=revision)
        except CommandError as error:
            raise click.ClickException(_describe(error)) from error
        _print_revision(database)


@command.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION; `base` empties it."""
    sealer = Sealer(load_settings().signing_keys)
    with open_database(is_current=False) as database:
        try:
            downgrade_schema(database, revision=revision, unseal=sealer.unseal)
        except CommandError as error:
            raise click.ClickException(_describe(error)) from error
        except InvalidToken as error:
            raise click.ClickException(UNREADABLE) from error
        _print_revision(database)


@command.command("current")
def current() -> None:
    """Print the database's revision, and the one this version needs."""
    with open_database(is_current=False) as database:
        _print_revision(database)


command.add_command(copy)


def _print_revision(database: Database) -> None:
    revision = find_revision(database) or EMPTY
    needed = "" if revision == find_head() else f" (this version needs {find_head()})"
    click.echo(f"{revision}{needed}")


def _describe(error: CommandError) -> str:
    return f"{error}. The revisions are the files in moderation/storage/migrations."
