"""Owns `moderation serve`: web server and worker together."""

from contextlib import nullcontext

import click

from moderation.cli.arenas import limit_arenas
from moderation.cli.commands import AppFactory
from moderation.cli.first_run import describe_first_run
from moderation.cli.listening import describe_address, open_socket
from moderation.cli.server import POST_THREADS, THREADS, make_server, run_server
from moderation.cli.working import announce, get_worker, working
from moderation.config import load_settings
from moderation.services.meters import METER

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
@click.option(
    "--worker/--no-worker",
    "has_worker",
    default=True,
    show_default=True,
    help="Also send webhooks and mail, or leave that to `moderation worker`.",
)
@click.pass_obj
def command(
    create_app: AppFactory,
    host: str,
    port: int,
    has_worker: bool,  # noqa: FBT001 - click hands options over by name
) -> None:
    """Serve forms, comments and the queue; send webhooks and mail.

    Brings an SQLite database up to date by itself. SIGTERM or Ctrl-C stops it when
    the requests it is at are answered.
    """
    limit_arenas()
    with open_socket(host, port) as listener:
        settings = load_settings()
        app = create_app(settings)
        # To others than SQLite several may write at once, and mostly wait for it.
        is_sqlite = settings.database_url.startswith("sqlite")
        post_threads = POST_THREADS if is_sqlite else THREADS
        server = make_server(app, listener, post_threads=post_threads)
        with working(get_worker(app)) if has_worker else nullcontext():
            announce(f"Serving at {describe_address(listener)}")
            if first_run := describe_first_run(settings):
                announce(first_run)
            run_server(server)
            app.extensions[METER].flush()
