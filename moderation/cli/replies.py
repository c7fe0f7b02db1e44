"""Owns `moderation site replies`: whether authors may ask for mails about replies."""

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.subscriptions import set_offer

ON, OFF = "on", "off"


@click.command("replies")
@click.argument("key")
@click.argument("switch", type=click.Choice([ON, OFF]))
def replies(key: str, switch: str) -> None:
    """Let authors of the site KEY ask to be told of replies by mail, or not."""
    with open_database() as database, database.write() as session:
        site = set_offer(session, OPERATOR, key, is_offered=switch == ON)
        line = f"{site.key}\tmails about replies {ON if site.offers_replies else OFF}"
    click.echo(line)
