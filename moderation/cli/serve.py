"""Owns `moderation serve`: the web server."""

import click

from moderation.cli.commands import AppFactory
from moderation.cli.listening import describe_address, open_socket
from moderation.cli.server import make_server, run_server
from moderation.config import load_settings

HOST = "127.0.0.1"
PORT = 8_000


@click.command("serve")
@click.option(
    "--host",
    default=HOST,
    show_default=True,
    help="The address to listen at; 0.0.0.0 for all of this machine.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=PORT,
    show_default=True,
    help="0: any free one.",
)
@click.pass_obj
def command(create_app: AppFactory, host: str, port: int) -> None:
    """Serve forms, comments and the queue.

    Brings an SQLite database up to date by itself. SIGTERM or Ctrl-C stops it when
    the requests it is at are answered.
    """
    with open_socket(host, port) as listener:
        server = make_server(create_app(load_settings()), listener)
        click.echo(f"Serving at {describe_address(listener)}")
        run_server(server)
