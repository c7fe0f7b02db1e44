"""Owns `moderation token`: what programs prove themselves by."""

from collections.abc import Sequence

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.tokens import (
    MARK,
    TokenWish,
    add_token,
    find_token,
    list_tokens,
    revoke_token,
)
from moderation.storage.models import ApiToken, Scope

SCOPES = click.Choice([scope.value for scope in Scope])
SCOPE_HELP = (
    "read: comments and threads, no addresses. emails: those, too. decide: approve, "
    "reject. manage: webhooks. submit: post for visitors. filter: judge and teach, as "
    "Akismet clients do. May be repeated; read if none is given."
)


@click.group("token")
def command() -> None:
    """Make, list and revoke the tokens of the API."""


@command.command("add")
@click.argument("name")
@click.option(
    "--site", "keys", multiple=True, required=True, help="For this; may be repeated."
)
@click.option("--scope", "scopes", type=SCOPES, multiple=True, help=SCOPE_HELP)
@click.option("--expires", "days", type=int, metavar="DAYS", help="Default: never.")
def add(
    *, name: str, keys: Sequence[str], scopes: Sequence[str], days: int | None
) -> None:
    """Make a token; its secret is alone on the last line, and never shown again."""
    wish = TokenWish(
        name=name,
        site_keys=keys,
        scopes=[Scope(scope) for scope in scopes] or [Scope.READ],
        days=days,
    )
    with open_database() as database, database.write() as session:
        token, secret = add_token(session, OPERATOR, wish)
        line = describe_token(token)
    click.echo(f"{line}\n{secret}")


@command.command("list")
def list_() -> None:
    """List the tokens: beginning, name, sites, scopes, end, last use, between tabs."""
    with open_database() as database, database.read() as session:
        for token in list_tokens(session, OPERATOR):
            click.echo(describe_token(token))


@command.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Make the token that begins with PREFIX good for nothing."""
    with open_database() as database, database.write() as session:
        token = find_token(session, prefix)
        line = describe_token(revoke_token(session, OPERATOR, token.id))
    click.echo(line)


def describe_token(token: ApiToken) -> str:
    """Return a token on one line; nothing of it proves anything."""
    if token.revoked_at is not None:
        end = f"revoked {token.revoked_at:%Y-%m-%d}"
    elif token.expires_at is not None:
        end = f"until {token.expires_at:%Y-%m-%d}"
    else:
        end = "no end"
    used = f"used {token.used_at:%Y-%m-%d %H:%M}" if token.used_at else "never used"
    sites = " ".join(site.key for site in token.sites)
    parts = [MARK + token.prefix, token.name, sites, " ".join(token.scopes), end, used]
    return "\t".join(parts)
