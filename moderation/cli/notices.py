"""Owns `moderation moderator notices`: when somebody is told by mail of what waits."""

import click

from moderation.cli.database import open_database
from moderation.domain.notice_wishes import NoticePace, NoticeWish, describe_wish
from moderation.services.access import OPERATOR, load_actor
from moderation.services.moderators import get_moderator
from moderation.services.notice_choices import list_choices, set_choice

PACES = click.Choice([pace.value for pace in NoticePace])


@click.command("notices")
@click.argument("email")
@click.option("--site", "site_key", help="The one site this is for (default: all).")
@click.option("--send", "pace", type=PACES, help="When mails are sent.")
@click.option("--count", type=int, help="A digest after so many comments,")
@click.option("--hours", type=int, help="or so many hours, whichever comes first.")
def notices(
    email: str,
    site_key: str | None,
    pace: str | None,
    count: int | None,
    hours: int | None,
) -> None:
    """List or change when EMAIL is told by mail of comments that wait.

    Prints site and choice, between tabs.
    """
    with open_database() as database, database.write() as session:
        moderator = get_moderator(session, email)
        choices = [
            choice
            for choice in list_choices(session, load_actor(session, moderator.id))
            if site_key in {None, choice.site.key}
        ]
        if not choices:
            raise click.ClickException(f"{email} decides on no such site's comments.")
        for choice in choices:
            wish = NoticeWish(
                pace=NoticePace(pace) if pace else choice.wish.pace,
                after_count=choice.wish.after_count if count is None else count,
                after_hours=choice.wish.after_hours if hours is None else hours,
            )
            if wish != choice.wish:
                set_choice(session, OPERATOR, moderator.id, choice.site.key, wish)
            click.echo(f"{choice.site.key}\t{describe_wish(wish)}")
