"""Owns the page on which owners set whom a site asks for an outside opinion."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from flask import redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.delivery.targets import check_target
from moderation.delivery.transport import Transport
from moderation.domain.errors import InvalidInputError
from moderation.services.access import (
    find_visible_site,
    load_actor,
    require_owner,
)
from moderation.services.advisers import (
    AdviserWish,
    check_url,
    find_adviser,
    renew_secret,
    set_adviser,
)
from moderation.services.sealing import Sealer
from moderation.storage.models import Adviser
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.inputs import read_id, read_line
from moderation.web.moderator.settings.wording import EVENTS

Errors = Mapping[str, Sequence[str]]
Typed = Mapping[str, str]
Answer = Response | str | tuple[str, int]
FIELDS = ("url", "is_on", "sends_email")

log = structlog.get_logger(__name__)


def show_opinion(site_key: str) -> str:
    """Show whom a site asks, and how that goes."""
    with reading() as session:
        return _render(session, site_key)


def save_opinion(site_key: str) -> Answer:
    """Save whom a site asks; show the secret this one time if it is a new one."""
    try:
        _require_owner(site_key)
        wish = _read_wish()
        # Asks the network, so before the transaction.
        check_target(Transport(allowed=get_settings().webhook_allow), wish.url)
        with unit_of_work() as session:
            secret = set_adviser(
                session,
                load_actor(session, current_user.id),
                site_key,
                wish,
                sealer=_get_sealer(),
                seen=read_id(request.form, "seen") or 0,
            )
    except InvalidInputError as error:
        with reading() as session:
            typed = {name: read_single(request.form, name) for name in FIELDS}
            page = _render(session, site_key, typed=typed, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
    log.info("outside opinion set", site=site_key, by=current_user.id)
    if not secret:
        place = url_for(".show_opinion", site_key=site_key, done="saved")
        return redirect(place, HTTPStatus.SEE_OTHER)
    with reading() as session:
        return _render(session, site_key, secret=secret)


def make_secret(site_key: str) -> str:
    """Sign by a new secret from now on, and show it this one time."""
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        secret = renew_secret(session, actor, site_key, sealer=_get_sealer())
    log.info("outside opinion has a new secret", site=site_key, by=current_user.id)
    with reading() as session:
        return _render(session, site_key, secret=secret)


def _require_owner(site_key: str) -> None:
    """Look up no name for others than owners."""
    with reading() as session:
        actor = load_actor(session, current_user.id)
        require_owner(actor, find_visible_site(session, actor, site_key).id)


def _read_wish() -> AdviserWish:
    return AdviserWish(
        url=check_url(read_line(request.form, "url")),
        is_on=read_single(request.form, "is_on") == "on",
        sends_email=read_single(request.form, "sends_email") == "on",
    )


def _get_sealer() -> Sealer:
    return Sealer(get_settings().signing_keys)


def _render(
    session: Session,
    site_key: str,
    *,
    secret: str = "",
    typed: Typed | None = None,
    errors: Errors | None = None,
) -> str:
    actor = load_actor(session, current_user.id)
    site = find_visible_site(session, actor, site_key)
    adviser = find_adviser(session, actor, site_key)
    return render_template(
        "moderator/settings/opinion.html",
        actor=actor,
        site=site,
        place="filter",
        adviser=adviser,
        secret=secret,
        typed=_write(adviser) if typed is None else typed,
        errors=errors or {},
        notice=EVENTS.get(read_single(request.args, "done"), ""),
    )


def _write(adviser: Adviser | None) -> Typed:
    """Return the fields that say what is set."""
    if adviser is None:
        return {"url": "", "is_on": "on", "sends_email": ""}
    return {
        "url": adviser.url,
        "is_on": "on" if adviser.is_on else "",
        "sends_email": "on" if adviser.sends_email else "",
    }
