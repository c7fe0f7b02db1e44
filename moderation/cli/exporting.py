"""Owns `moderation export`: all comments of a site, for other systems and people."""

import shutil
import sys
import tempfile

import click

from moderation.cli.database import open_database
from moderation.formats.writing import FORMATS, WHOLE
from moderation.services.exports import export_site


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
    # Whole before any of it is shown: what breaks down half-way shows nothing. Its
    # place is the system's own (TMPDIR).
    with tempfile.TemporaryFile() as file:
        with open_database() as database:
            for part in export_site(database, key, format_):
                file.write(part.encode("utf-8", "replace"))
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
