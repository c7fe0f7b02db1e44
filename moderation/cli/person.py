"""Owns `moderation person`: all that is kept about somebody, to be handed out."""

import json

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.disclosing import describe_person


@click.command("person")
@click.argument("email")
@click.option("--site", "key", metavar="KEY", help="On this site alone.")
def command(*, email: str, key: str | None) -> None:
    """Print all that is kept about somebody.

    As JSON, of the person with the address EMAIL: it is what somebody who asks is
    entitled to see. Make sure that it is the owner of the address who asks; and read
    it first: notes may tell of others.
    """
    with open_database() as database, database.read() as session:
        found = describe_person(session, OPERATOR, email, site_key=key)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
