"""Owns `moderation demo`: the whole service on a site that is thrown away."""

import secrets
import socket
import tempfile
from pathlib import Path

import click
from flask import Flask

from moderation.cli.arenas import limit_arenas
from moderation.cli.commands import AppFactory
from moderation.cli.listening import (
    LOCAL_HOST,
    describe_address,
    open_free_socket,
    open_socket,
)
from moderation.cli.passwords import make_password_hash
from moderation.cli.server import make_server, run_server
from moderation.cli.working import get_worker, working
from moderation.config import Settings
from moderation.services.samples import MODERATOR, PATH, add_samples
from moderation.storage.session import Database

PORT = 8_000
SECRET_BYTES = 48
# Short words that are hard to mistake for each other: three of them and a number
# of four digits are 2^31 passwords, for one run, on this machine alone.
WORDS = (
    "acorn", "amber", "anchor", "apple", "basil", "beacon", "birch", "candle",
    "canyon", "cedar", "cherry", "clover", "cobalt", "copper", "coral", "cotton",
    "daisy", "ember", "falcon", "feather", "fern", "garden", "ginger", "harbour",
    "hazel", "heron", "indigo", "ivory", "jasmine", "juniper", "kettle", "lantern",
    "lemon", "linen", "maple", "meadow", "mirror", "mosaic", "nutmeg", "olive",
    "orchid", "otter", "paper", "pebble", "pepper", "pillow", "quartz", "quiet",
    "river", "rocket", "saddle", "saffron", "silver", "spruce", "summer", "teapot",
    "thistle", "timber", "tulip", "velvet", "violet", "walnut", "willow", "winter",
)  # fmt: skip


@click.command("demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help=f"Where to listen (default: {PORT}, or any free one if that is taken).",
)
@click.pass_obj
def command(create_app: AppFactory, port: int | None) -> None:
    """Try the service on a throwaway site.

    The site has a blog post, sample comments in every status and a moderator to log
    in as. Everything lives in a temporary directory and is gone at the end.
    """
    limit_arenas()
    with (
        open_demo_socket(port) as listener,
        tempfile.TemporaryDirectory(prefix="moderation-demo-") as folder,
    ):
        settings = make_settings(Path(folder), describe_address(listener))
        app = create_app(settings)
        password = make_password()
        fill_site(app, settings, password)
        server = make_server(app, listener)
        # Webhooks and uploaded files can be tried, too.
        with working(get_worker(app)):
            click.echo(describe_demo(settings.base_url, password))
            run_server(server)
    click.echo("The demo has ended; nothing of it is left.")


def open_demo_socket(port: int | None) -> socket.socket:
    """Return a socket at the port asked for, else the usual one, else any."""
    if port is not None:
        return open_socket(LOCAL_HOST, port)
    return open_free_socket(PORT)


def make_settings(folder: Path, base_url: str) -> Settings:
    """Return the demo's own settings: those of the environment are for the service."""
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'demo.sqlite3'}",
        secret_key=secrets.token_urlsafe(SECRET_BYTES),
        base_url=base_url,
        is_demo=True,
    )


def make_password() -> str:
    """Return a password that is good to read and to type."""
    number = secrets.randbelow(10_000)
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), f"{number:04}"])


def fill_site(app: Flask, settings: Settings, password: str) -> None:
    """Store the samples, and the moderator with `password`."""
    password_hash = make_password_hash(app, password)
    database = Database(settings.database_url)
    try:
        with database.write() as session:
            add_samples(
                session, base_url=settings.base_url, password_hash=password_hash
            )
    finally:
        database.close()


def describe_demo(base_url: str, password: str) -> str:
    """Return what to open and how to log in."""
    return f"""
  A blog post with the form   {base_url}{PATH}
  Log in                      {base_url}/login
  The queue                   {base_url}/moderate/

  E-mail    {MODERATOR}
  Password  {password}

Ctrl-C ends the demo.
"""
