"""Owns how a backtest is printed."""

import click

from moderation.services.backtests import Backtest
from moderation.services.telling import tell_backtest


def print_backtest(backtest: Backtest) -> None:
    """Print what would have changed, and examples: id, what was said, name."""
    for sentence in tell_backtest(backtest):
        click.echo(sentence)
    for shift in backtest.shifts:
        for example in shift.examples:
            click.echo(f"  {example.comment_id}\t{example.said}\t{example.name}")
