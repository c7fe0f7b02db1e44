"""Owns `moderation worker`: what sends webhooks and mail, by itself."""

import click
from flask import abort, request

from moderation.cli.arenas import limit_arenas
from moderation.cli.commands import AppFactory
from moderation.cli.listening import LOCAL_HOST, describe_address, open_socket
from moderation.cli.server import make_server, run_server
from moderation.cli.working import (
    announce,
    get_worker,
    wait_for_signal,
    working,
)
from moderation.config import load_settings

# What is for machines (moderation/web/ops).
OPS = "ops"


@click.command("worker")
@click.option(
    "--host",
    default=LOCAL_HOST,
    show_default=True,
    help="With --port: the address to listen at.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="Answer /metrics, /healthz and /readyz at this port; 0: any free one.",
)
@click.pass_obj
def command(create_app: AppFactory, *, host: str, port: int | None) -> None:
    """Send webhooks and mail, without the web server.

    `moderation serve` does so, too, unless it was started with --no-worker. Several
    workers share the work. SIGTERM or Ctrl-C stops it when what it is sending is sent.
    """
    limit_arenas()
    app = create_app(load_settings())
    if port is None:
        with working(get_worker(app)):
            announce("Working")
            wait_for_signal()
        return
    with open_socket(host, port) as listener:
        app.before_request(refuse_people)
        server = make_server(app, listener)
        with working(get_worker(app)):
            announce(f"Working; see {describe_address(listener)}/healthz")
            run_server(server)


def refuse_people() -> None:
    """Answer machines alone: who wants to read or write is not served here.

    :raises NotFound: if anything else is asked for.
    """
    if request.blueprint != OPS:
        abort(404)
