"""Owns `moderation moderator`: who may log in, and with what role."""

import click

from moderation.cli.commands import AppFactory
from moderation.cli.database import open_database
from moderation.cli.notices import notices
from moderation.cli.passwords import ask_password, make_password_hash, read_password
from moderation.config import load_settings
from moderation.domain.roles import Role
from moderation.services.account_events import list_events
from moderation.services.invitations import invite as make_invitation
from moderation.services.moderators import (
    add_moderator,
    get_moderator,
    list_moderators,
    make_reset_link,
)
from moderation.services.people import change_role, remove_member
from moderation.services.second_steps import turn_off_app
from moderation.services.sessions import end_sessions as end_all_sessions
from moderation.services.sites import find_site
from moderation.storage.models import Moderator
from moderation.storage.models.base import now

ROLES = click.Choice([role.value for role in Role])
ROLE_HELP = "viewer: sees comments. moderator: decides on them. owner: all there is."
SITE_HELP = "The one site this is for (default: all)."
ALL_SITES = "all sites"
MOST_LISTED = 1_000
# The pages of the web that the links lead to.
INVITATION_PATH = "/login/invitation/"
RESET_PATH = "/login/reset/"

role_option = click.option(
    "--role",
    type=ROLES,
    default=Role.MODERATOR.value,
    show_default=True,
    help=ROLE_HELP,
)
site_option = click.option("--site", "site_key", help=SITE_HELP)


@click.group("moderator")
def command() -> None:
    """Add, list, invite and change moderators."""


@command.command("add")
@click.argument("email")
@role_option
@site_option
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


@command.command("set-role")
@click.argument("email")
@click.argument("role", type=ROLES)
@site_option
def set_role(email: str, role: str, site_key: str | None) -> None:
    """Give a moderator another ROLE on a site, or on all."""
    with open_database() as database, database.write() as session:
        moderator = get_moderator(session, email)
        site_id = find_site(session, site_key).id if site_key else None
        change_role(session, None, moderator.id, site_id=site_id, role=Role(role))
        line = _describe_moderator(moderator)
    click.echo(line)


@command.command("remove")
@click.argument("email")
@site_option
def remove(email: str, site_key: str | None) -> None:
    """Take a moderator's role on a site, or on all, away.

    Who has none left can't log in any more. What was decided stays.
    """
    with open_database() as database, database.write() as session:
        moderator = get_moderator(session, email)
        site_id = find_site(session, site_key).id if site_key else None
        remove_member(session, None, moderator.id, site_id=site_id)
        line = _describe_moderator(moderator)
    click.echo(line)


@command.command("invite")
@click.argument("email")
@role_option
@site_option
def invite(email: str, role: str, site_key: str | None) -> None:
    """Print a link, good once within seven days, to hand over to EMAIL.

    It stands alone on the last line.
    """
    settings = load_settings()
    with open_database() as database, database.write() as session:
        token, _ = make_invitation(
            session, None, email=email, role=Role(role), site_key=site_key, at=now()
        )
    click.echo(settings.base_url + INVITATION_PATH + token)


@command.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link, good once within two hours, to set a new password with."""
    settings = load_settings()
    with open_database() as database, database.write() as session:
        moderator = get_moderator(session, email)
        token = make_reset_link(session, moderator, at=now())
    click.echo(settings.base_url + RESET_PATH + token)


command.add_command(notices)


@command.command("logins")
@click.argument("email")
def logins(email: str) -> None:
    """List a moderator's logins of late: when, what, from which network."""
    with open_database() as database, database.read() as session:
        moderator = get_moderator(session, email)
        for event in list_events(session, moderator.id, length=MOST_LISTED):
            when = f"{event.created_at:%Y-%m-%d %H:%M}"
            click.echo(f"{when}\t{event.kind}\t{event.network}")


@command.command("end-sessions")
@click.argument("email")
def end_sessions(email: str) -> None:
    """Log a moderator out everywhere."""
    with open_database() as database, database.write() as session:
        end_all_sessions(session, get_moderator(session, email).id)
    click.echo("All sessions have ended.")


@command.command("remove-app")
@click.argument("email")
def remove_app(email: str) -> None:
    """Ask a moderator, whose phone and recovery codes are lost, for no code again."""
    with open_database() as database, database.write() as session:
        turn_off_app(session, get_moderator(session, email).id)
    click.echo("From now on the password alone is asked for.")


def _describe_moderator(moderator: Moderator) -> str:
    roles = [
        f"{held.role} of {held.site.key if held.site else ALL_SITES}"
        for held in sorted(moderator.memberships, key=lambda held: held.id)
    ]
    return "\t".join([moderator.email, *(roles if moderator.active else ["no role"])])
