"""Owns `moderation site`: the blogs this service takes comments for."""

from collections.abc import Sequence

import click

from moderation.cli.database import open_database
from moderation.domain.policy import Policy
from moderation.services.sites import add_site, list_sites, set_site
from moderation.storage.models import Site

POLICIES = click.Choice([policy.value for policy in Policy])
POLICY_HELP = (
    "hold_all: nothing is published unseen. hold_first: what the filter trusts, from "
    "authors with an approved comment. hold_suspect: whatever the filter trusts."
)
ORIGIN_HELP = "Where its pages are, as https://blog.example.org; may be repeated."


@click.group("site")
def command() -> None:
    """Add, list and change sites."""


@command.command("add")
@click.argument("key")
@click.option("--name", required=True, help="What moderators see.")
@click.option("--origin", "origins", multiple=True, required=True, help=ORIGIN_HELP)
@click.option(
    "--policy",
    type=POLICIES,
    default=Policy.HOLD_FIRST.value,
    show_default=True,
    help=POLICY_HELP,
)
def add(key: str, name: str, origins: Sequence[str], policy: str) -> None:
    """Add a site; KEY is what its pages name it by, and never changes."""
    with open_database() as database, database.write() as session:
        site = add_site(
            session, key=key, name=name, origins=origins, policy=Policy(policy)
        )
        line = _describe_site(site)
    click.echo(line)


@command.command("list")
def list_() -> None:
    """List the sites: key, name, policy and origins, between tabs."""
    with open_database() as database, database.read() as session:
        for site in list_sites(session):
            click.echo(_describe_site(site))


@command.command("set")
@click.argument("key")
@click.option("--name", help="What moderators see.")
@click.option("--origin", "origins", multiple=True, help=f"{ORIGIN_HELP} Replaces all.")
@click.option("--policy", type=POLICIES, help=POLICY_HELP)
@click.option("--open/--closed", "is_open", default=None, help="Takes comments or not.")
def set_(
    key: str,
    name: str | None,
    origins: Sequence[str],
    policy: str | None,
    is_open: bool | None,  # noqa: FBT001 - click hands options over by name
) -> None:
    """Change the site KEY: only what is given."""
    if name is None and not origins and policy is None and is_open is None:
        raise click.UsageError("Give what to change: --name, --origin, --policy, …")
    with open_database() as database, database.write() as session:
        site = set_site(
            session,
            key,
            name=name,
            origins=origins or None,
            policy=Policy(policy) if policy else None,
            is_open=is_open,
        )
        line = _describe_site(site)
    click.echo(line)


def _describe_site(site: Site) -> str:
    origins = " ".join(row.origin for row in site.origins)
    parts = [site.key, site.name, site.policy, origins]
    return "\t".join(parts if site.is_open else [*parts, "closed"])
