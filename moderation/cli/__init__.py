"""The `moderation` command."""

from collections.abc import Callable

from flask import Flask

from moderation.config import Settings

AppFactory = Callable[[Settings | None], Flask]


def run_cli(create_app: AppFactory) -> None:
    """Run the command line, given what makes the app."""
    create_app(None)
