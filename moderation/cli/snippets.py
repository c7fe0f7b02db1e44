"""Owns `moderation site embed`: what a blog puts into its pages, to copy."""

import click

from moderation.cli.database import open_database
from moderation.config import load_settings
from moderation.services.sites import find_site
from moderation.services.snippets import make_snippets


@click.command("embed")
@click.argument("key")
def embed(key: str) -> None:
    """Print what pages need to show the comments of the site KEY: three ways."""
    base_url = load_settings().base_url
    with open_database() as database, database.read() as session:
        site = find_site(session, key)
        origin = site.origins[0].origin if site.origins else ""
        snippets = make_snippets(base_url, site.key, origin=origin)
    for snippet in snippets:
        click.echo(f"<!-- {snippet.title}: {snippet.advice} -->\n{snippet.text}\n")
