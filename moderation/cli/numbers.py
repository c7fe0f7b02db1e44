"""Owns `moderation site statistics`: the numbers of the page of that name."""

from collections.abc import Iterator

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.statistics import Span, Statistics, read_statistics

SPANS = click.Choice([span.value for span in Span])


@click.command("statistics")
@click.argument("key", required=False)
@click.option(
    "--span",
    type=SPANS,
    default=Span.QUARTER.value,
    show_default=True,
    help="How far to look back: a month by days, else by weeks.",
)
def statistics(key: str | None, span: str) -> None:
    """Print the numbers of the site KEY, or of all sites: what, of what, how many.

    Between tabs; arrivals as published, held, filed as spam.
    """
    with open_database() as database, database.read() as session:
        found = read_statistics(session, OPERATOR, span=Span(span), site_key=key)
    for line in _list_lines(found):
        click.echo("\t".join(map(str, line)))


def _list_lines(found: Statistics) -> Iterator[tuple[object, ...]]:
    for period in found.periods:
        accuracy = period.accuracy
        numbers = (accuracy.published, accuracy.held, accuracy.filed)
        yield "arrived", period.start.isoformat(), *numbers
    for wait, number in found.ages.items():
        yield "waits", wait.value, number
    for wait, number in found.waits.items():
        yield "decided after", wait.value, number
    for workload in found.workloads:
        for status, number in workload.numbers.items():
            yield "decided by", workload.moderator, status.value, number
    for card in found.reasons:
        side = "for spam" if card.is_for_spam else "against spam"
        yield "reason", card.name, side, card.fired, card.overturned
