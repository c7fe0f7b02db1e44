"""Owns `moderation thread`: which pages of a site take comments."""

import click

from moderation.cli.database import open_database
from moderation.services.access import OPERATOR
from moderation.services.site_setups import list_threads, set_thread_open
from moderation.storage.models import Thread


@click.group("thread")
def command() -> None:
    """List, close and open the threads of sites."""


@command.command("list")
@click.argument("key")
def list_(key: str) -> None:
    """List the threads of the site KEY, the newest first.

    Key, title and approved comments between tabs; closed ones say so.
    """
    with open_database() as database, database.read() as session:
        page = list_threads(session, OPERATOR, key)
        while True:
            for thread in page.threads:
                click.echo(_describe(thread))
            if page.next is None:
                return
            page = list_threads(session, OPERATOR, key, before=page.next)


@command.command("close")
@click.argument("key")
@click.argument("thread")
def close(key: str, thread: str) -> None:
    """Let THREAD of the site KEY take no comments, even before it has any."""
    _set(key, thread, is_open=False)


@command.command("open")
@click.argument("key")
@click.argument("thread")
def open_(key: str, thread: str) -> None:
    """Let THREAD of the site KEY take comments again."""
    _set(key, thread, is_open=True)


def _set(key: str, thread: str, *, is_open: bool) -> None:
    with open_database() as database, database.write() as session:
        found = set_thread_open(session, OPERATOR, key, thread, is_open=is_open)
        line = _describe(found)
    click.echo(line)


def _describe(thread: Thread) -> str:
    parts = [thread.key, thread.title, str(thread.approved_count)]
    return "\t".join(parts if thread.is_open else [*parts, "closed"])
