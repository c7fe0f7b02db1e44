"""Owns `moderation worker`: what sends webhooks and mail, by itself."""

import click

from moderation.cli.commands import AppFactory
from moderation.cli.working import (
    announce,
    get_worker,
    wait_for_signal,
    working,
)
from moderation.config import load_settings


@click.command("worker")
@click.pass_obj
def command(create_app: AppFactory) -> None:
    """Send webhooks and mail, without the web server.

    `moderation serve` does so, too, unless it was started with --no-worker. Several
    workers share the work. SIGTERM or Ctrl-C stops it when what it is sending is sent.
    """
    worker = get_worker(create_app(load_settings()))
    with working(worker):
        announce("Working")
        wait_for_signal()
