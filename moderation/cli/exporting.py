"""Owns `moderation export`: all comments of a site, for other systems and people."""

import shutil
import sys
import tempfile

import click

from moderation.cli.database import open_database
from moderation.formats.writing import FORMATS, WHOLE, write_export
from moderation.services.exports import describe_site, read_threads


@click.command("export")
@click.option("--site", "key", required=True, help="The site's key.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default=WHOLE,
    show_default=True,
    help="jsonl is complete; wxr is WordPress's; csv is for people.",
)
def command(*, key: str, format_: str) -> None:
    """Write all comments of a site to standard output.

    Held, rejected and spam comments, e-mail and IP addresses are in it: keep it as
    safe as the database. What each format can't carry is listed in docs/export.md.
    """
    # Whole before any of it is shown: whoever is slow to take it must not keep the
    # database's log from being cut. Its place is the system's own (TMPDIR).
    with tempfile.TemporaryFile() as file:
        with open_database() as database, database.read() as session:
            site = describe_site(session, key)
            is_whole = format_ == WHOLE
            parts = write_export(
                format_, site, lambda: read_threads(session, key, is_whole=is_whole)
            )
            for part in parts:
                file.write(part.encode("utf-8", "replace"))
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
