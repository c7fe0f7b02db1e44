"""Owns the start of the `moderation` command, also as `python -m moderation`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from moderation.cli import run_cli

if TYPE_CHECKING:
    from flask import Flask

    from moderation.config import Settings


def main() -> None:
    """Run the `moderation` command and leave with its exit status."""
    sys.exit(run_cli(make_app, sys.argv[1:]))


def make_app(settings: Settings | None) -> Flask:
    """Return the service, as `create_app` makes it."""
    # Flask and SQLAlchemy take most of a second to import: `moderation judge` and
    # `--help`, which need neither, don't wait for them.
    from moderation.app import create_app  # noqa: PLC0415

    return create_app(settings)


if __name__ == "__main__":
    main()
