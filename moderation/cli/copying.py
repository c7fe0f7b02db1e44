"""Owns `moderation db copy`: all rows of one database into another."""

import click

from moderation.cli.database import open_database
from moderation.domain.plurals import count_in_words
from moderation.storage.copying import copy_rows
from moderation.storage.session import Database


@click.command("copy")
@click.argument("url")
def copy(url: str) -> None:
    """Copy all rows into the empty database at URL, and compare them.

    As from SQLite to postgresql://user@host/name. Stop the service before: what is
    posted meanwhile is not copied. Then set MODERATION_DATABASE_URL, and start it with
    the same secret key.
    """
    target = Database(url)
    try:
        with open_database() as source:
            counts = copy_rows(source, target, tell=_tell)
    finally:
        target.close()
    total = count_in_words(sum(counts.values()), "row")
    click.echo(f"Copied {total}; they are the same in both databases.")


def _tell(table: str, number: int) -> None:
    if number:
        click.echo(f"{table}\t{number}", err=True)
