"""Owns `moderation endpoint`: webhooks, and what became of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from moderation.cli.commands import AppFactory
from moderation.cli.database import open_database
from moderation.cli.endpoint_changes import read_headers, set_, show_delivery
from moderation.cli.working import get_worker
from moderation.config import load_settings
from moderation.delivery.signing import show_public_key, show_secret
from moderation.delivery.targets import check_target
from moderation.delivery.transport import Transport
from moderation.domain.events import WANTABLE
from moderation.domain.presets import Preset
from moderation.services.access import OPERATOR
from moderation.services.delivery_log import (
    list_deliveries,
    ping_endpoint,
    redeliver,
    redeliver_failed,
)
from moderation.services.endpoint_keys import list_public_keys
from moderation.services.endpoint_wishes import Wish
from moderation.services.endpoints import (
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
)
from moderation.services.sealing import Sealer
from moderation.storage.models import Delivery, DeliveryState, Endpoint
from moderation.storage.models.base import now

ALL_SITES = "all sites"
ALL_EVENTS = "all events"
PRESETS = click.Choice([preset.value for preset in Preset])
EVENTS = click.Choice([kind.value for kind in WANTABLE])


@click.group("endpoint")
def command() -> None:
    """Add, list, test and disable webhooks."""


@command.command("add")
@click.argument("url")
@click.option("--site", "keys", multiple=True, help="For this site; may be repeated.")
@click.option("--all-sites", is_flag=True, help="For all sites, also those to come.")
@click.option("--name", default="", help="What the list shows (default: the address).")
@click.option(
    "--event",
    "types",
    type=EVENTS,
    multiple=True,
    help="Only these events; may be repeated.",
)
@click.option(
    "--preset",
    type=PRESETS,
    default=Preset.STANDARD.value,
    show_default=True,
    help="The form of the body.",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the JSON to send, for the preset `template`.",
)
@click.option(
    "--header", "lines", multiple=True, help='As "Name: value"; may be repeated.'
)
@click.option("--thin", is_flag=True, help="Tell that something happened, not what.")
@click.option("--private", is_flag=True, help="Tell e-mail and IP addresses, too.")
@click.option(
    "--public-key", is_flag=True, help="Sign for a public key (Ed25519, v1a), too."
)
def add(
    *,
    url: str,
    keys: Sequence[str],
    all_sites: bool,
    name: str,
    types: Sequence[str],
    preset: str,
    template: Path | None,
    lines: Sequence[str],
    thin: bool,
    private: bool,
    public_key: bool,
) -> None:
    """Add a webhook to URL; its secret is alone on the last line."""
    if all_sites == bool(keys):
        raise click.UsageError("Give either --site or --all-sites.")
    wish = Wish(
        url=url,
        name=name,
        site_keys=None if all_sites else keys,
        types=types,
        preset=Preset(preset),
        template=template.read_text(encoding="utf-8") if template else "",
        headers=read_headers(lines),
        is_thin=thin,
        has_private=private,
        has_public_key=public_key,
    )
    check_target(Transport(allowed=load_settings().webhook_allow), url)
    with open_database() as database, database.write() as session:
        added = add_endpoint(session, OPERATOR, wish, sealer=_make_sealer())
        shown = [
            _describe(added.endpoint),
            *_show_public_keys(added.endpoint),
            show_secret(added.secret),
        ]
    click.echo("\n".join(shown))


command.add_command(set_)
command.add_command(show_delivery)


@command.command("list")
def list_() -> None:
    """List the webhooks: id, state, sites, events, form, address, between tabs."""
    with open_database() as database, database.read() as session:
        for endpoint in list_endpoints(session, OPERATOR):
            click.echo(_describe(endpoint))


@command.command("ping")
@click.argument("endpoint_id", type=int)
@click.pass_obj
def ping(create_app: AppFactory, endpoint_id: int) -> None:
    """Send a test event to the webhook now, and say what was answered."""
    worker = get_worker(create_app(load_settings()))
    try:
        # The transaction must be over before anything is sent.
        with worker.database.write() as session:
            delivery_id = ping_endpoint(session, OPERATOR, endpoint_id)
        result = worker.sender.send_one(delivery_id)
    finally:
        worker.database.close()
    if result is None:
        click.echo(
            "It is being sent by the worker; see: moderation endpoint deliveries"
        )
    elif result.has_arrived:
        click.echo(f"Arrived: {result.status} in {result.milliseconds} ms")
    else:
        raise click.ClickException(f"The test did not arrive. {result.error}")


@command.command("disable")
@click.argument("endpoint_id", type=int)
def disable(endpoint_id: int) -> None:
    """Send nothing more to the webhook, and give up what is on its way."""
    with open_database() as database, database.write() as session:
        line = _describe(disable_endpoint(session, OPERATOR, endpoint_id))
    click.echo(line)


@command.command("enable")
@click.argument("endpoint_id", type=int)
def enable(endpoint_id: int) -> None:
    """Send events to the webhook again, from now on."""
    with open_database() as database, database.write() as session:
        line = _describe(enable_endpoint(session, OPERATOR, endpoint_id))
    click.echo(line)


@command.command("rotate")
@click.argument("endpoint_id", type=int)
def rotate(endpoint_id: int) -> None:
    """Give the webhook a new secret; for a day both sign what is sent.

    The secret is alone on the last line. A public key is replaced as well, and stands
    before it.
    """
    with open_database() as database, database.write() as session:
        key = rotate_secret(session, OPERATOR, endpoint_id, sealer=_make_sealer())
        public = _show_public_keys(find_endpoint(session, OPERATOR, endpoint_id))
    click.echo("\n".join([*public, show_secret(key)]))


@command.command("public-keys")
@click.argument("endpoint_id", type=int)
def public_keys(endpoint_id: int) -> None:
    """Print what verifies signatures of version v1a, the newest last."""
    with open_database() as database, database.read() as session:
        endpoint = find_endpoint(session, OPERATOR, endpoint_id)
        for line in _show_public_keys(endpoint):
            click.echo(line)


@command.command("deliveries")
@click.argument("endpoint_id", type=int)
@click.option("--failed", is_flag=True, help="Only those that were given up.")
def deliveries(*, endpoint_id: int, failed: bool) -> None:
    """List the last deliveries: id, event, state, tries, last answer, between tabs."""
    state = DeliveryState.FAILED if failed else None
    with open_database() as database, database.read() as session:
        for delivery in list_deliveries(session, OPERATOR, endpoint_id, state=state):
            click.echo(_describe_delivery(delivery))


@command.command("redeliver")
@click.argument("endpoint_id", type=int)
@click.option("--delivery", "delivery_id", type=int, help="This one, by its id.")
@click.option(
    "--failed-since",
    "since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="All that failed of what happened since then (UTC).",
)
@click.pass_obj
def redeliver_(
    create_app: AppFactory,
    endpoint_id: int,
    delivery_id: int | None,
    since: datetime | None,
) -> None:
    """Send again what did not arrive, or one delivery in any case.

    The worker sends it: `moderation serve`, or `moderation worker`.
    """
    if (delivery_id is None) == (since is None):
        raise click.UsageError("Give either --delivery or --failed-since.")
    # An app's database tells the worker.
    database = get_worker(create_app(load_settings())).database
    try:
        with database.write() as session:
            count = 1
            if delivery_id is not None:
                redeliver(session, OPERATOR, endpoint_id, delivery_id)
            elif since is not None:
                count = redeliver_failed(
                    session, OPERATOR, endpoint_id, since=since.replace(tzinfo=UTC)
                )
    finally:
        database.close()
    click.echo(f"To be sent again: {count}")


def _make_sealer() -> Sealer:
    return Sealer(load_settings().signing_keys)


def _show_public_keys(endpoint: Endpoint) -> Sequence[str]:
    return [show_public_key(key) for key in list_public_keys(endpoint, now())]


def _describe(endpoint: Endpoint) -> str:
    sites = " ".join(site.key for site in endpoint.sites)
    parts = [
        str(endpoint.id),
        endpoint.state,
        ALL_SITES if endpoint.is_everywhere else sites,
        " ".join(endpoint.types) or ALL_EVENTS,
        endpoint.preset,
        endpoint.url,
    ]
    return "\t".join([*parts, endpoint.reason] if endpoint.reason else parts)


def _describe_delivery(delivery: Delivery) -> str:
    last = delivery.attempts[-1] if delivery.attempts else None
    answer = "" if last is None else last.error or f"{last.status}"
    return "\t".join(
        [
            str(delivery.id),
            delivery.event.type,
            str(delivery.event.sequence or ""),
            delivery.state,
            str(len(delivery.attempts)),
            answer,
        ]
    )
