"""Owns `moderation check`: what a blog needs, and why an embed of its would fail."""

from pathlib import Path

import click

from moderation.cli.database import open_database
from moderation.cli.mail import describe_mail
from moderation.cli.opinion import describe_answers
from moderation.config import load_settings
from moderation.delivery.transport import FetchError, Transport
from moderation.services.advisers import list_asked
from moderation.services.element import make_element_script
from moderation.services.embed_checks import Page, check_page
from moderation.services.sites import list_sites

MOST_BYTES = 4_000_000
FAILED = 1


@click.command("check")
@click.option(
    "--url", "source", help="A page of a blog: its address, or an HTML file of it."
)
@click.option("--page-url", default="", help="Where the page of a file will lie.")
@click.pass_context
def command(context: click.Context, source: str | None, page_url: str) -> None:
    """Say what blogs need, or why the comments of a page would fail."""
    settings = load_settings()
    with open_database() as database, database.read() as session:
        origins = {
            site.key: [row.origin for row in site.origins]
            for site in list_sites(session)
        }
        advisers = list_asked(session)
    if source is None:
        _print_needs(settings.base_url)
        for line in (*describe_mail(settings), *describe_answers(settings, advisers)):
            click.echo(line)
        return
    page = _read_page(source, page_url)
    problems = check_page(page, base_url=settings.base_url, origins=origins)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        context.exit(FAILED)
    click.echo("The page embeds its comments well.")


def _print_needs(base_url: str) -> None:
    """Print the line of a strict policy, and the script pinned to this version."""
    script = make_element_script()
    click.echo(
        f"Content-Security-Policy: script-src {base_url}; connect-src {base_url}; "
        f"frame-src {base_url}; form-action {base_url}"
    )
    click.echo(f'<script type="module" async src="{base_url}/embed.js"></script>')
    click.echo(
        f'<script type="module" async src="{base_url}/embed.{script.version}.js" '
        f'integrity="{script.integrity}" crossorigin></script>'
    )


def _read_page(source: str, page_url: str) -> Page:
    if not source.startswith(("http://", "https://")):
        return Page(html=_read_file(source), url=page_url)
    transport = Transport(allowed=load_settings().webhook_allow)
    try:
        answer = transport.send(source, method="GET", most_bytes=MOST_BYTES)
    except FetchError as error:
        raise click.ClickException(str(error)) from error
    if answer.status != 200:  # noqa: PLR2004 the one that has a page
        where = answer.headers.get("location", "")
        hint = f"; it leads to {where}: give that address" if where else ""
        raise click.ClickException(f"{source} was answered with {answer.status}{hint}.")
    policy = answer.headers.get("content-security-policy", "")
    return Page(
        html=answer.body.decode("utf-8", "replace"),
        url=page_url or source,
        policies=[policy] if policy else [],
    )


def _read_file(name: str) -> str:
    try:
        return Path(name).read_text("utf-8", "replace")
    except OSError as error:
        raise click.ClickException(
            f"{name} can't be read: {error.strerror}."
        ) from error
