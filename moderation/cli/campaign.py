"""Owns `moderation campaign`: comments that belong together."""

import click

from moderation.cli.database import open_database
from moderation.domain.campaigns import describe_campaign
from moderation.domain.roles import Role
from moderation.services.access import Actor
from moderation.services.campaign_gathering import gather_campaigns
from moderation.services.campaigns import list_campaigns
from moderation.services.sites import find_site
from moderation.storage.models import Campaign

NOBODY = 0


@click.group("campaign")
def command() -> None:
    """List the campaigns of sites, and gather those of old comments."""


@command.command("list")
@click.option("--site", "key", required=True, help="The site's key.")
def list_(key: str) -> None:
    """List campaigns with two held comments or more: id, what they share, the last."""
    with open_database() as database, database.read() as session:
        site = find_site(session, key)
        reader = Actor(moderator_id=NOBODY, email="", roles={site.id: Role.VIEWER})
        page = list_campaigns(session, reader)
        while True:
            for overview in page.overviews:
                click.echo(_describe(overview.campaign))
            if page.next is None:
                return
            page = list_campaigns(session, reader, after=page.next)


@command.command("gather")
@click.option("--site", "key", required=True, help="The site's key.")
def gather(key: str) -> None:
    """Find what belongs together among comments from before there were campaigns.

    Goes on in small steps beside the running service, and can be stopped and started
    again.
    """
    with open_database() as database:
        after: int | None = 0
        while after is not None:
            with database.write() as session:
                after = gather_campaigns(session, key, after=after)


def _describe(campaign: Campaign) -> str:
    shared = describe_campaign(campaign.kind, campaign.key, campaign.held)
    return f"{campaign.id}\t{shared}\t{campaign.last_at:%Y-%m-%d %H:%M}"
