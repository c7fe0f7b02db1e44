"""The `moderation` command: one module per subcommand, imported when it is run."""

from moderation.cli.commands import AppFactory, run_cli

__all__ = ["AppFactory", "run_cli"]
