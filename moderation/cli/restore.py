"""Owns `moderation restore`: a backup put in the place of the database."""

from pathlib import Path

import click

from moderation.cli.database import open_database
from moderation.storage.backup import restore_copy
from moderation.storage.dumps import restore_dump
from moderation.storage.upkeep import find_file


@click.command("restore")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--force", "is_forced", is_flag=True, help="Also if there is a database already."
)
def command(*, path: Path, is_forced: bool) -> None:
    """Put a backup in the place of the database.

    PATH is checked first. A database that is there is left alone without --force; with
    it an SQLite database is put aside, not deleted. Stop the service before. The secret
    key is not in a backup: without the old one moderators log in again, and set up
    their authenticator apps anew.
    """
    aside = None
    with open_database(is_current=False) as database:
        target = find_file(database)
        if target is None:
            restore_dump(database, path, is_forced=is_forced)
        else:
            aside = restore_copy(path, target, is_forced=is_forced)
    click.echo(f"Restored from {path}.")
    if aside is not None:
        click.echo(f"What was there is now {aside}: delete it when all is well.")
