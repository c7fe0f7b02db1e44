"""Owns `moderation erase`: a person, out of the database and its file."""

import click

from moderation.cli.database import open_database
from moderation.domain.plurals import count_in_words
from moderation.services.access import OPERATOR
from moderation.services.erasing import count_erasure, erase_person
from moderation.services.erasures import describe_erasure
from moderation.storage.upkeep import tidy_database

OLDER = (
    "Backups made before still hold the person until they are deleted; so may "
    "whoever webhooks told."
)


@click.command("erase")
@click.argument("email")
@click.option("--site", "key", metavar="KEY", help="From this site alone.")
@click.option("--yes", "is_sure", is_flag=True, help="Don't ask.")
def command(*, email: str, key: str | None, is_sure: bool) -> None:
    """Erase somebody from the database and its file.

    It deletes what the person with the address EMAIL wrote, and what tells of it.
    Comments that others have answered are emptied and stay, so that the replies do. It
    can't be undone. `moderation person EMAIL` prints all that is kept: do that first
    for somebody who asks.
    """
    with open_database() as database:
        with database.read() as session:
            found = count_erasure(session, OPERATOR, email, site_key=key)
        if not is_sure:
            number = count_in_words(found.comments, "comment")
            click.confirm(f"Erase {number} of {email} for good?", abort=True, err=True)
        with database.write() as session:
            done = erase_person(session, OPERATOR, email, site_key=key)
        tidy_database(database)
    click.echo(describe_erasure(done))
    click.echo(OLDER)
