"""Owns `moderation site origin`: where a site's pages are, and its line in lists."""

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.site_setups import add_origin, remove_origin
from moderation.storage.models import Site


@click.group("origin")
def origin() -> None:
    """Add and remove origins of sites."""


@origin.command("add")
@click.argument("key")
@click.argument("address")
def add(key: str, address: str) -> None:
    """Let pages of ADDRESS, as https://blog.example.org, show the site KEY."""
    with open_database() as database, database.write() as session:
        line = describe_site(add_origin(session, OPERATOR, key, address))
    click.echo(line)


@origin.command("remove")
@click.argument("key")
@click.argument("address")
def remove(key: str, address: str) -> None:
    """Let pages of ADDRESS show the site KEY no longer."""
    with open_database() as database, database.write() as session:
        line = describe_site(remove_origin(session, OPERATOR, key, address))
    click.echo(line)


def describe_site(site: Site) -> str:
    """Return a site's line in lists: what is set, between tabs."""
    origins = " ".join(row.origin for row in site.origins)
    parts = [site.key, site.name, site.policy, origins]
    return "\t".join(parts if site.is_open else [*parts, "closed"])
