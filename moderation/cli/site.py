"""Owns `moderation site`: the blogs this service takes comments for."""

from collections.abc import Sequence

import click

from moderation.cli.backtests import print_backtest
from moderation.cli.care import care
from moderation.cli.consent import consent
from moderation.cli.database import open_database
from moderation.cli.numbers import statistics
from moderation.cli.opinion import opinion
from moderation.cli.origin import describe_site, origin
from moderation.cli.record import accuracy, report
from moderation.cli.replies import replies
from moderation.cli.snippets import embed
from moderation.domain.policy import Policy
from moderation.services.access import OPERATOR
from moderation.services.backtests import backtest_controls
from moderation.services.controls import (
    Controls,
    make_thresholds,
    read_controls,
    set_controls,
)
from moderation.services.site_setups import (
    Basics,
    set_basics,
    set_origins,
    set_up_site,
)
from moderation.services.sites import find_site, list_sites
from moderation.storage.models import Site

POLICIES = click.Choice([policy.value for policy in Policy])
POLICY_HELP = (
    "hold_all: nothing is published unseen. hold_first: what the filter trusts, from "
    "authors with an approved comment. hold_suspect: whatever the filter trusts."
)
PERCENT = click.FloatRange(0, 100)
ORIGIN_HELP = "Where its pages are, as https://blog.example.org; may be repeated."


@click.group("site")
def command() -> None:
    """Add, list and change sites."""


@command.command("add")
@click.argument("key")
@click.option("--name", required=True, help="What moderators see.")
@click.option("--origin", "origins", multiple=True, required=True, help=ORIGIN_HELP)
@click.option(
    "--policy",
    type=POLICIES,
    default=Policy.HOLD_FIRST.value,
    show_default=True,
    help=POLICY_HELP,
)
def add(key: str, name: str, origins: Sequence[str], policy: str) -> None:
    """Add a site; KEY is what its pages name it by, and never changes."""
    with open_database() as database, database.write() as session:
        site = set_up_site(
            session,
            OPERATOR,
            key=key,
            name=name,
            origins=origins,
            policy=Policy(policy),
        )
        line = describe_site(site)
    click.echo(line)


@command.command("list")
def list_() -> None:
    """List the sites: key, name, policy and origins, between tabs."""
    with open_database() as database, database.read() as session:
        for site in list_sites(session):
            click.echo(describe_site(site))


@command.command("set")
@click.argument("key")
@click.option("--name", help="What moderators see.")
@click.option("--origin", "origins", multiple=True, help=f"{ORIGIN_HELP} Replaces all.")
@click.option("--policy", type=POLICIES, help=POLICY_HELP)
@click.option("--open/--closed", "is_open", default=None, help="Takes comments or not.")
@click.option(
    "--publish-below",
    type=PERCENT,
    metavar="PERCENT",
    help="Scores below are published, as the policy allows.",
)
@click.option(
    "--spam-above",
    type=PERCENT,
    metavar="PERCENT",
    help="Scores above are filed as spam, once 20 of each kind were decided on.",
)
@click.option(
    "--backtest",
    "is_backtest",
    is_flag=True,
    help="Change nothing: tell what policy and thresholds would have done.",
)
def set_(
    key: str,
    *,
    name: str | None,
    origins: Sequence[str],
    policy: str | None,
    is_open: bool | None,
    publish_below: float | None,
    spam_above: float | None,
    is_backtest: bool,
) -> None:
    """Change the site KEY: only what is given."""
    controls = (policy, publish_below, spam_above)
    if name is None and not origins and is_open is None and not _is_any_given(controls):
        raise click.UsageError("Give what to change: --name, --origin, --policy, …")
    with open_database() as database, database.write() as session:
        site = find_site(session, key)
        wanted = _want_controls(site, policy, publish_below, spam_above)
        if is_backtest:
            print_backtest(backtest_controls(session, OPERATOR, key, wanted))
            return
        set_controls(session, OPERATOR, key, wanted)
        basics = Basics(
            name=site.name if name is None else name,
            is_open=site.is_open if is_open is None else is_open,
        )
        set_basics(session, OPERATOR, key, basics)
        if origins:
            set_origins(session, OPERATOR, key, origins)
        line = describe_site(site)
    click.echo(line)


def _is_any_given(values: Sequence[object]) -> bool:
    """Return whether an option was given."""
    return any(value is not None for value in values)


def _want_controls(
    site: Site,
    policy: str | None,
    publish_below: float | None,
    spam_above: float | None,
) -> Controls:
    """Return what is wanted: what was given, else what is set."""
    current = read_controls(site)
    below, above = current.thresholds.publish_below, current.thresholds.spam_above
    return Controls(
        policy=Policy(policy) if policy else current.policy,
        thresholds=make_thresholds(
            publish_below=below if publish_below is None else publish_below / 100,
            spam_above=above if spam_above is None else spam_above / 100,
        ),
    )


command.add_command(accuracy)
command.add_command(report)
command.add_command(origin)
command.add_command(care)
command.add_command(statistics)
command.add_command(embed)
command.add_command(consent)
command.add_command(replies)
command.add_command(opinion)
