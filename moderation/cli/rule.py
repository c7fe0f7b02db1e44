"""Owns `moderation rule`: what a site does with comments that have something."""

import click

from moderation.cli.backtests import print_backtest
from moderation.cli.database import open_database
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.access import OPERATOR
from moderation.services.backtests import backtest_rule
from moderation.services.reports import RuleCard, make_report
from moderation.services.rules import add_rule, parse_rule, remove_rule
from moderation.spam.rules import SiteRule, describe_rule

ACTIONS = click.Choice([action.value for action in RuleAction])
KINDS = click.Choice([kind.value for kind in RuleKind])
SCOPES = click.Choice([scope.value for scope in RuleScope])
SCOPE_HELP = "The one field it looks into."

_KEY = click.argument("key")
_ACTION = click.argument("action", type=ACTIONS)
_KIND = click.argument("kind", type=KINDS)
_VALUE = click.argument("value")
_SCOPE = click.option(
    "--in",
    "scope",
    type=SCOPES,
    default=RuleScope.ANY.value,
    show_default=True,
    help=SCOPE_HELP,
)


@click.group("rule")
def command() -> None:
    """Add, list, try and delete the rules of sites."""


@command.command("add")
@_KEY
@_ACTION
@_KIND
@_VALUE
@_SCOPE
def add(key: str, action: str, kind: str, value: str, scope: str) -> None:
    """Give the site KEY a rule, as in: rule add blog hold word casino.

    VALUE is a word or a few, a domain, an address or @ and a mail domain, or a network.
    """
    rule = _parse(action, kind, value, scope)
    with open_database() as database, database.write() as session:
        row = add_rule(session, OPERATOR, key, rule)
        line = f"{row.id}\t{describe_rule(rule)}"
    click.echo(line)


@command.command("list")
@_KEY
def list_(key: str) -> None:
    """List the rules of the site KEY: id, rule, matched, overruled, between tabs.

    Matched and overruled are among the last 1,000 comments decided on.
    """
    with open_database() as database, database.read() as session:
        for card in make_report(session, OPERATOR, key).rules:
            click.echo(_describe_card(card))


@command.command("remove")
@_KEY
@click.argument("rule_id", type=click.IntRange(min=1))
def remove(key: str, rule_id: int) -> None:
    """Delete the rule RULE_ID of the site KEY. What it did is not undone."""
    with open_database() as database, database.write() as session:
        remove_rule(session, OPERATOR, key, rule_id)


@command.command("test")
@_KEY
@_ACTION
@_KIND
@_VALUE
@_SCOPE
def test(key: str, action: str, kind: str, value: str, scope: str) -> None:
    """Tell what a rule would have done to the last comments decided on.

    Nothing is saved. Examples are listed by id, what a moderator said, and name.
    """
    rule = _parse(action, kind, value, scope)
    with open_database() as database, database.read() as session:
        print_backtest(backtest_rule(session, OPERATOR, key, rule))


def _parse(action: str, kind: str, value: str, scope: str) -> SiteRule:
    return parse_rule(
        action=RuleAction(action),
        kind=RuleKind(kind),
        scope=RuleScope(scope),
        value=value,
    )


def _describe_card(card: RuleCard) -> str:
    parts = [
        str(card.rule.id),
        card.description,
        f"matched {card.fired}",
        f"overruled {card.overturned}",
    ]
    return "\t".join(parts if card.rule.is_active else [*parts, "switched off"])
