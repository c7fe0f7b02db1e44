"""Owns `moderation moderator`: who may log in, and with what role."""

import click

from moderation.cli.commands import AppFactory
from moderation.cli.database import open_database
from moderation.cli.passwords import ask_password, make_password_hash, read_password
from moderation.config import load_settings
from moderation.domain.roles import Role
from moderation.services.moderators import add_moderator, list_moderators
from moderation.storage.models import Moderator

ROLES = click.Choice([role.value for role in Role])
ALL_SITES = "all sites"


@click.group("moderator")
def command() -> None:
    """Add and list moderators."""


@command.command("add")
@click.argument("email")
@click.option(
    "--role",
    type=ROLES,
    default=Role.MODERATOR.value,
    show_default=True,
    help="viewer: sees comments. moderator: decides on them. owner: all there is.",
)
@click.option("--site", "site_key", help="The one site this is for (default: all).")
@click.option(
    "--password-stdin",
    "is_piped",
    is_flag=True,
    help="Read the password from standard input instead of asking for it.",
)
@click.pass_obj
def add(
    create_app: AppFactory,
    email: str,
    role: str,
    site_key: str | None,
    is_piped: bool,  # noqa: FBT001 - click hands options over by name
) -> None:
    """Add a moderator, or give one a new password and role.

    Asks for the password twice, unless it is given with --password-stdin.
    """
    password = read_password() if is_piped else ask_password()
    password_hash = make_password_hash(create_app(load_settings()), password)
    with open_database() as database, database.write() as session:
        moderator = add_moderator(
            session,
            email=email,
            password_hash=password_hash,
            role=Role(role),
            site_key=site_key,
        )
        line = _describe_moderator(moderator)
    click.echo(line)


@command.command("list")
def list_() -> None:
    """List the moderators: address and roles, between tabs."""
    with open_database() as database, database.read() as session:
        for moderator in list_moderators(session):
            click.echo(_describe_moderator(moderator))


def _describe_moderator(moderator: Moderator) -> str:
    roles = [
        f"{held.role} of {held.site.key if held.site else ALL_SITES}"
        for held in moderator.memberships
    ]
    return "\t".join([moderator.email, *roles])
