"""Owns `moderation campaign`: comments that belong together."""

import click

from moderation.cli.acting import find_actor
from moderation.cli.database import open_database
from moderation.domain.campaigns import describe_campaign
from moderation.domain.roles import Role
from moderation.domain.statuses import Action
from moderation.services.access import Actor
from moderation.services.campaign_decisions import decide_campaign, preview_campaign
from moderation.services.campaign_gathering import gather_campaigns
from moderation.services.campaigns import list_campaigns
from moderation.services.reviews import undo_batch
from moderation.services.sites import find_site
from moderation.storage.models import Campaign

NOBODY = 0


@click.group("campaign")
def command() -> None:
    """List campaigns, decide on them, and gather those of old comments."""


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


@command.command("decide")
@click.argument("campaign_id", type=click.IntRange(min=1, max=2**63 - 1))
@click.argument("action", type=click.Choice([action.value for action in Action]))
@click.option("--as", "email", required=True, help="Which moderator decides.")
@click.option("--why", default="", help="Kept in the history.")
def decide(campaign_id: int, action: str, email: str, why: str) -> None:
    """Do ACTION to all comments of a campaign that wait: prints how many, and a batch.

    Take it back with `moderation campaign undo BATCH`.
    """
    with open_database() as database, database.write() as session:
        actor = find_actor(session, email)
        seen = preview_campaign(session, actor, campaign_id).seen
        outcome = decide_campaign(
            session, actor, campaign_id, Action(action), seen=seen, why=why
        )
        line = f"{len(outcome.decided)}\t{outcome.batch}"
    click.echo(line)


@command.command("undo")
@click.argument("batch")
@click.option("--as", "email", required=True, help="Which moderator undoes it.")
def undo(batch: str, email: str) -> None:
    """Take back all that was done as one BATCH: prints how many, and a new batch."""
    with open_database() as database, database.write() as session:
        outcome = undo_batch(session, find_actor(session, email), batch)
        line = f"{len(outcome.decided)}\t{outcome.batch}"
    click.echo(line)


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
