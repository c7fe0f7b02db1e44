"""Owns `moderation backup`: a copy of the database, made while it is in use."""

from pathlib import Path

import click

from moderation.cli.database import open_database
from moderation.domain.plurals import count_in_words
from moderation.services.backups import make_backup, make_named_backup

NOT_IN_IT = (
    "The secret key is not in it: keep that, too (the file secret_key, or "
    "MODERATION_SECRET_KEY), but not beside the backup."
)


@click.command("backup")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="N",
    help="PATH is a directory: name the backup after the time, keep the newest N.",
)
def command(*, path: Path, keep: int | None) -> None:
    """Write a checked copy of the database, also while the service runs.

    To the new file PATH, readable by you alone. It holds all that was received before
    it began: e-mail addresses, too. On PostgreSQL it is a dump by pg_dump.
    """
    with open_database(is_current=False) as database:
        if keep is None and not path.is_dir():
            size = make_backup(database, path)
        else:
            made = make_named_backup(database, path, keep=keep or 10_000)
            path, size = made.path, made.bytes
    click.echo(f"Wrote {path} ({count_in_words(size, 'byte')}), and checked it.")
    click.echo(NOT_IN_IT)
