"""Owns `moderation site care`: what a site does for who may be in danger."""

from typing import TextIO

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.care import Care, find_site_care, parse_phrases, set_care
from moderation.spam.care import SHIPPED_PHRASES


@click.command("care")
@click.argument("key")
@click.option("--on/--off", "is_on", default=None, help="The switch; off by default.")
@click.option(
    "--phrases",
    "file",
    type=click.File(encoding="utf-8"),
    help="A file of phrases, one a line, in place of those there are; - for stdin.",
)
@click.option(
    "--shipped-phrases", "is_shipped", is_flag=True, help="Those of the docs."
)
@click.option("--help-text", help="Shown to the author; empty for nothing.")
def care(
    key: str,
    *,
    is_on: bool | None,
    file: TextIO | None,
    is_shipped: bool,
    help_text: str | None,
) -> None:
    """Hold what suggests that its author may be in danger, on the site KEY.

    Without options it prints what is set. See docs/care.md for what it can't do.
    """
    if file is not None and is_shipped:
        raise click.UsageError("Give --phrases or --shipped-phrases, not both.")
    with open_database() as database, database.write() as session:
        current = find_site_care(session, OPERATOR, key)
        phrases = parse_phrases(file.read()) if file is not None else current.phrases
        wanted = Care(
            is_on=current.is_on if is_on is None else is_on,
            phrases=SHIPPED_PHRASES if is_shipped else phrases,
            help_text=current.help_text if help_text is None else help_text.strip(),
        )
        set_care(session, OPERATOR, key, wanted)
    _print(wanted)


def _print(shown: Care) -> None:
    click.echo("on" if shown.is_on else "off")
    for phrase in shown.phrases:
        click.echo(f"phrase\t{phrase}")
    for line in shown.help_text.splitlines():
        click.echo(f"help\t{line}")
