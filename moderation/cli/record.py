"""Owns how a site's record is printed: the filter's weeks, and its report card."""

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.accuracy import MOST_WEEKS, WEEKS_SHOWN, list_weeks
from moderation.services.reports import make_report

ACCURACY_COLUMNS = (
    "week",
    "came in",
    "published",
    "held",
    "filed as spam",
    "leaked",
    "held, fine",
    "lost",
)


@click.command("accuracy")
@click.argument("key")
@click.option(
    "--weeks",
    type=click.IntRange(1, MOST_WEEKS),
    default=WEEKS_SHOWN,
    show_default=True,
    help="How many weeks, this one last.",
)
def accuracy(key: str, weeks: int) -> None:
    """Print how the filter of the site KEY did, a line per week, between tabs.

    leaked: published, then called spam. held, fine: held, then approved. lost: filed
    as spam, then approved. Each week begins on the Monday it is named by.
    """
    with open_database() as database, database.read() as session:
        click.echo("\t".join(ACCURACY_COLUMNS))
        for week in list_weeks(session, OPERATOR, key, weeks=weeks):
            found = week.accuracy
            numbers = (
                found.arrived,
                found.published,
                found.held,
                found.filed,
                found.leaked,
                found.wrongly_held,
                found.lost,
            )
            click.echo("\t".join([week.monday.isoformat(), *map(str, numbers)]))


@click.command("report")
@click.argument("key")
def report(key: str) -> None:
    """Print how often each rule and sign of the site KEY was overruled.

    A line each: name, which way it speaks, seen, overruled; among the last 1,000
    comments that moderators decided on.
    """
    with open_database() as database, database.read() as session:
        found = make_report(session, OPERATOR, key)
        for rule in found.rules:
            parts = ("rule", rule.description, rule.fired, rule.overturned)
            click.echo("\t".join(map(str, parts)))
        for sign in found.heuristics:
            side = "for spam" if sign.is_for_spam else "against spam"
            click.echo(f"{sign.name}\t{side}\t{sign.fired}\t{sign.overturned}")
