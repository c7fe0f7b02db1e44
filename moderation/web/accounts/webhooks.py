"""Owns the pages on which owners set up webhooks, and see what became of them."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Any

import structlog
from flask import redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.delivery.messages import make_event_body
from moderation.delivery.signing import show_public_key, show_secret
from moderation.delivery.targets import check_target
from moderation.delivery.transport import Transport
from moderation.domain.errors import InvalidInputError, NotAllowedError
from moderation.domain.events import WANTABLE
from moderation.domain.presets import Preset
from moderation.services import delivery_log, endpoint_keys, endpoints
from moderation.services.access import (
    ALL_SITES,
    Actor,
    list_visible_sites,
    load_actor,
)
from moderation.storage.models import Delivery, DeliveryState, Endpoint
from moderation.storage.models.base import now
from moderation.web.accounts.webhook_forms import PRESETS, Filled
from moderation.web.context import get_sealer, get_settings, reading, unit_of_work

OWNERS_ONLY = "This page is for owners: ask one of them to set up a webhook."
DONE = {
    "change": "Changed: what is sent from now on is as you wish.",
    "ping": "A test event is on its way. Load this page again to see the answer.",
    "disable": "Disabled: nothing more is sent there.",
    "enable": "Enabled: it is told what happens from now on.",
    "again": "On its way again. Load this page again to see the answer.",
    "replay": "What had failed is on its way again.",
}
LANGUAGES = {
    "python": "Python",
    "node": "Node",
    "ruby": "Ruby",
    "go": "Go",
    "php": "PHP",
}
Page = str | tuple[str, HTTPStatus] | Response
Act = Callable[[Session, Actor, int], object]
ACTS: Mapping[str, Act] = {
    "ping": delivery_log.ping_endpoint,
    "disable": endpoints.disable_endpoint,
    "enable": endpoints.enable_endpoint,
}

log = structlog.get_logger(__name__)


def show_webhooks() -> str:
    """Show the webhooks of an owner's sites."""
    return _render_list()


def add() -> Page:
    """Add a webhook, and show its secret this one time."""
    try:
        wish = Filled.of_form(request.form).read()
        # Asks the network, so before the transaction.
        check_target(Transport(allowed=get_settings().webhook_allow), wish.url)
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            added = endpoints.add_endpoint(session, actor, wish, sealer=get_sealer())
    except InvalidInputError as error:
        return _render_list(errors=error.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    endpoint_id = added.endpoint.id
    log.info("endpoint added", endpoint=endpoint_id, by=current_user.id)
    return _render_one(endpoint_id, secret=show_secret(added.secret))


def show_change(endpoint_id: int) -> str:
    """Show a webhook's fields, to be changed."""
    return _render_change(endpoint_id)


def change(endpoint_id: int) -> Page:
    """Make a webhook what was filled in, unless somebody else has changed it."""
    try:
        wish = Filled.of_form(request.form).read()
        check_target(Transport(allowed=get_settings().webhook_allow), wish.url)
        with unit_of_work() as session:
            endpoints.set_endpoint(
                session,
                load_actor(session, current_user.id),
                endpoint_id,
                wish,
                version=_read_id(request.form.get("version", "")),
                sealer=get_sealer(),
            )
    except InvalidInputError as error:
        page = _render_change(endpoint_id, errors=error.errors)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    log.info("endpoint changed", endpoint=endpoint_id, by=current_user.id)
    return _go_back(endpoint_id, "change")


def show_webhook(endpoint_id: int) -> str:
    """Show a webhook, and what was sent to it."""
    return _render_one(endpoint_id, done=DONE.get(request.args.get("done", ""), ""))


def act(endpoint_id: int, action: str) -> Response:
    """Test, disable or enable a webhook."""
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        ACTS[action](session, actor, endpoint_id)
    log.info("endpoint changed", endpoint=endpoint_id, to=action, by=current_user.id)
    return _go_back(endpoint_id, action)


def rotate(endpoint_id: int) -> str:
    """Give a webhook a new secret, and show it this one time."""
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        key = endpoints.rotate_secret(session, actor, endpoint_id, sealer=get_sealer())
    log.info("endpoint secret rotated", endpoint=endpoint_id, by=current_user.id)
    return _render_one(endpoint_id, secret=show_secret(key))


def replay(endpoint_id: int) -> Response:
    """Send one delivery again, or all that failed since a day."""
    delivery = request.form.get("delivery", "")
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        if delivery:
            delivery_log.redeliver(session, actor, endpoint_id, _read_id(delivery))
        else:
            since = _read_day(request.form.get("since", ""))
            delivery_log.redeliver_failed(session, actor, endpoint_id, since=since)
    return _go_back(endpoint_id, "again" if delivery else "replay")


def show_verifying() -> str:
    """Show how receivers tell that it was this service that sent something."""
    with reading() as session:
        actor = load_actor(session, current_user.id)
        return render_template(
            "security/verifying.html", actor=actor, languages=LANGUAGES
        )


def _render_list(*, errors: dict[str, list[str]] | None = None) -> str:
    with reading() as session:
        actor = load_actor(session, current_user.id)
        if not actor.owns_any:
            raise NotAllowedError(OWNERS_ONLY)
        choices = _list_choices(session, actor)
        sites = choices["sites"]
        fresh = Filled(sites=[site.key for site in sites] if len(sites) == 1 else ())
        return render_template(
            "security/webhooks.html",
            actor=actor,
            endpoints=endpoints.list_endpoints(session, actor),
            given=Filled.of_form(request.form) if errors else fresh,
            errors=errors or {},
            **choices,
        )


def _render_change(
    endpoint_id: int, *, errors: dict[str, list[str]] | None = None
) -> str:
    with reading() as session:
        actor = load_actor(session, current_user.id)
        endpoint = endpoints.find_endpoint(session, actor, endpoint_id)
        typed = Filled.of_form(request.form)
        return render_template(
            "security/webhook_change.html",
            actor=actor,
            endpoint=endpoint,
            version=request.form.get("version", endpoint.version),
            given=typed if errors else Filled.of_endpoint(endpoint),
            errors=errors or {},
            **_list_choices(session, actor),
        )


def _list_choices(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what an owner can choose from in the fields of a webhook."""
    sites = list_visible_sites(session, actor)
    return {
        "sites": [site for site in sites if actor.is_owner(site.id)],
        "owns_all": actor.is_owner(ALL_SITES),
        "types": WANTABLE,
        "presets": PRESETS,
    }


def _render_one(endpoint_id: int, *, done: str = "", secret: str = "") -> str:
    is_failed_only = request.args.get("show") == "failed"
    before = request.args.get("before", "")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        endpoint = endpoints.find_endpoint(session, actor, endpoint_id)
        found = delivery_log.list_deliveries(
            session,
            actor,
            endpoint_id,
            state=DeliveryState.FAILED if is_failed_only else None,
            before=_read_id(before) if before else None,
        )
        return render_template(
            "security/webhook.html",
            actor=actor,
            endpoint=endpoint,
            form=PRESETS[Preset(endpoint.preset)],
            public_keys=[
                show_public_key(key)
                for key in endpoint_keys.list_public_keys(endpoint, now())
            ],
            deliveries=[_tell(endpoint, delivery) for delivery in found],
            is_failed_only=is_failed_only,
            before=before,
            older=found[-1].id if len(found) == delivery_log.MOST_SHOWN else None,
            done=done,
            secret=secret,
        )


def _tell(endpoint: Endpoint, delivery: Delivery) -> Mapping[str, Any]:
    """Return a delivery with the body that is sent, as the page shows it."""
    base_url = get_settings().base_url
    body = make_event_body(endpoint, delivery.event, base_url=base_url)
    # What is sent has no white space to spare; people like to see where a line ends.
    sent = json.dumps(json.loads(body.text), ensure_ascii=False, indent=2)
    return {"row": delivery, "sent": sent}


def _read_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004
        raise InvalidInputError({"delivery": ["This is no number."]})
    return int(text)


def _read_day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise InvalidInputError({"since": ["Write the day as 2026-03-31."]}) from error


def _go_back(endpoint_id: int, done: str) -> Response:
    target = url_for("accounts.show_webhook", endpoint_id=endpoint_id, done=done)
    return redirect(target, HTTPStatus.SEE_OTHER)
