"""Owns `moderation endpoint set` and `delivery`: changing, and what was sent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from moderation.cli.database import open_database
from moderation.config import Settings, load_settings
from moderation.delivery.messages import make_event_body
from moderation.delivery.targets import check_target
from moderation.delivery.transport import Transport
from moderation.domain.errors import NotFoundError
from moderation.domain.events import WANTABLE
from moderation.services.access import OPERATOR
from moderation.services.delivery_log import NO_DELIVERY
from moderation.services.endpoint_wishes import make_wish
from moderation.services.endpoints import find_endpoint, set_endpoint
from moderation.services.listings import find_delivery
from moderation.services.sealing import Sealer
from moderation.storage.models import Attempt, Delivery
from moderation.storage.session import Database

EVENTS = click.Choice([kind.value for kind in WANTABLE])


@click.command("set")
@click.argument("endpoint_id", type=int)
@click.option("--url", help="Send there.")
@click.option("--name", help="What the list shows.")
@click.option("--site", "site_keys", multiple=True, help="For this site; repeatable.")
@click.option("--event", "types", type=EVENTS, multiple=True, help="Only these events.")
@click.option("--all-events", is_flag=True, help="All events again.")
@click.option(
    "--header", "lines", multiple=True, help='Instead of all it has: "Name: value".'
)
@click.option("--no-headers", is_flag=True, help="None of its own any more.")
@click.option("--thin/--full", "is_thin", default=None, help="How much it is told.")
@click.option(
    "--private/--no-private",
    "has_private",
    default=None,
    help="Whether it is told e-mail and IP addresses.",
)
@click.option(
    "--public-key/--no-public-key",
    "has_public_key",
    default=None,
    help="Whether it is signed for a public key (v1a), too.",
)
def set_(
    endpoint_id: int,
    *,
    all_events: bool,
    lines: Sequence[str],
    no_headers: bool,
    **given: Any,  # noqa: ANN401 the other options
) -> None:
    """Change the webhook: what is given; all else stays as it is."""
    if all_events and given["types"]:
        raise click.UsageError("Give either --event or --all-events.")
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    if all_events:
        changes["types"] = ()
    if lines or no_headers:
        changes["headers"] = read_headers(lines)
    if not changes:
        raise click.UsageError("Say what is to be changed; see --help.")
    settings = load_settings()
    if "url" in changes:
        check_target(Transport(allowed=settings.webhook_allow), changes["url"])
    with open_database() as database:
        _change(database, settings, endpoint_id, changes)
    click.echo("Changed: " + ", ".join(sorted(changes)))


@click.command("delivery")
@click.argument("endpoint_id", type=int)
@click.argument("delivery_id", type=int)
def show_delivery(endpoint_id: int, delivery_id: int) -> None:
    """Print one delivery: what is sent, and what was answered at each attempt."""
    settings = load_settings()
    with open_database() as database, database.read() as session:
        endpoint = find_endpoint(session, OPERATOR, endpoint_id)
        delivery = find_delivery(session, OPERATOR, delivery_id)
        if delivery.endpoint_id != endpoint.id:
            raise NotFoundError(NO_DELIVERY)
        body = make_event_body(endpoint, delivery.event, base_url=settings.base_url)
        lines = _describe(delivery, endpoint.url, body.text)
    click.echo("\n".join(lines))


def read_headers(lines: Sequence[str]) -> dict[str, str]:
    """Return headers that were given as "Name: value"."""
    headers = {}
    for line in lines:
        name, separator, value = line.partition(":")
        if not separator:
            raise click.UsageError(f'Give a header as "Name: value", not {line!r}.')
        headers[name.strip()] = value.strip()
    return headers


def _change(
    database: Database, settings: Settings, endpoint_id: int, changes: dict[str, Any]
) -> None:
    with database.write() as session:
        endpoint = find_endpoint(session, OPERATOR, endpoint_id)
        set_endpoint(
            session,
            OPERATOR,
            endpoint_id,
            replace(make_wish(endpoint), **changes),
            version=endpoint.version,
            sealer=Sealer(settings.signing_keys),
        )


def _describe(delivery: Delivery, url: str, body: str) -> Sequence[str]:
    event = delivery.event
    head = f"{delivery.id}\t{event.type}\t{event.uid}\t{delivery.state}"
    return [
        head,
        f"POST {url}",
        body,
        *(_describe_attempt(one) for one in delivery.attempts),
    ]


def _describe_attempt(attempt: Attempt) -> str:
    at = attempt.started_at.isoformat(timespec="seconds")
    if attempt.milliseconds is None:
        return f"{at}\tnot ended"
    said = attempt.status or "no answer"
    return "\t".join(
        [f"{at}\t{said}\t{attempt.milliseconds} ms", attempt.error, attempt.answer]
    ).rstrip()
