"""Owns `moderation site consent`: what a site's form says on privacy."""

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.consents import Consent, set_consent


@click.command("consent")
@click.argument("key")
@click.option("--text", default="", help="What visitors agree to; empty for nothing.")
@click.option("--url", default="", help="Where the privacy policy is.")
def consent(*, key: str, text: str, url: str) -> None:
    """Set what the form of the site KEY says on privacy, above its button."""
    with open_database() as database, database.write() as session:
        site = set_consent(session, OPERATOR, key, Consent(text=text, url=url))
        said = site.consent_text or "no text", site.privacy_url or "no page"
        line = "\t".join((site.key, *said))
    click.echo(line)
