"""Owns the pages on which sites are added and set up: name, origins, open or not."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.domain.policy import Policy
from moderation.services.access import find_visible_site, load_actor, require_owner
from moderation.services.consents import Consent, read_consent, set_consent
from moderation.services.setups import derive_key, find_page_origin
from moderation.services.site_setups import (
    Basics,
    add_origin,
    read_basics,
    remove_origin,
    set_basics,
    set_up_site,
)
from moderation.services.subscriptions import count_subscribers, set_offer
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.inputs import (
    SITE_FIELDS,
    OriginChange,
    read_basics_form,
    read_line,
    read_origin_change,
    read_policy,
    read_switch,
    read_typed,
)
from moderation.web.moderator.settings.wording import EVENTS, POLICIES

Errors = Mapping[str, Sequence[str]]
EMPTY_SITE = {"name": "", "address": "", "key": "", "policy": Policy.HOLD_FIRST.value}
Answer = Response | tuple[str, int]


def show_new_site() -> str:
    """Show the form for another site, to those who may add one."""
    with reading() as session:
        return _render_new(session, EMPTY_SITE)


def save_new_site() -> Answer:
    """Add a site, and lead to what its blog needs of it."""
    typed = read_typed(request.form, SITE_FIELDS)
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            address = read_line(request.form, "address")
            site = set_up_site(
                session,
                actor,
                key=read_line(request.form, "key") or derive_key(address),
                name=read_line(request.form, "name"),
                origins=[find_page_origin(address)],
                policy=read_policy(request.form),
            )
            key = site.key
    except InvalidInputError as error:
        with reading() as session:
            page = _render_new(session, typed, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
    place = url_for(".show_embed", site_key=key, done="site")
    return redirect(place, HTTPStatus.SEE_OTHER)


def show_setup(site_key: str) -> str:
    """Show the name of a site, whether it is open, and its origins."""
    with reading() as session:
        return _render_setup(session, site_key)


def save_basics(site_key: str) -> Answer:
    """Save the name of a site, and whether it takes comments."""
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            form = read_basics_form(request.form)
            set_basics(session, actor, site_key, form.wanted, seen=form.seen)
    except InvalidInputError as error:
        return _refuse(site_key, error, name=read_single(request.form, "name"))
    return _go_back(site_key, "basics")


def change_origin(site_key: str) -> Answer:
    """Add an origin to a site, or remove one."""
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            change = read_origin_change(request.form)
            origin = read_line(request.form, "origin")
            if change is OriginChange.ADD:
                add_origin(session, actor, site_key, find_page_origin(origin))
            else:
                remove_origin(session, actor, site_key, origin)
    except InvalidInputError as error:
        return _refuse(site_key, error, origin=read_single(request.form, "origin"))
    return _go_back(site_key, f"origin-{change}")


def save_consent(site_key: str) -> Answer:
    """Save what the form says on privacy."""
    text, url = (
        read_line(request.form, "consent"),
        read_line(request.form, "privacy_url"),
    )
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            set_consent(session, actor, site_key, Consent(text=text, url=url))
    except InvalidInputError as error:
        return _refuse(site_key, error, consent=text, privacy_url=url)
    return _go_back(site_key, "basics")


def save_offer(site_key: str) -> Answer:
    """Save whether the form offers mails about replies."""
    is_offered = read_switch(request.form, "offers_replies")
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        set_offer(session, actor, site_key, is_offered=is_offered)
    return _go_back(site_key, "basics")


def _refuse(site_key: str, error: InvalidInputError, **typed: str) -> Answer:
    with reading() as session:
        page = _render_setup(session, site_key, typed=typed, errors=error.errors)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _go_back(site_key: str, done: str) -> Response:
    place = url_for(".show_setup", site_key=site_key, done=done)
    return redirect(place, HTTPStatus.SEE_OTHER)


def _render_new(
    session: Session, typed: Mapping[str, str], *, errors: Errors | None = None
) -> str:
    actor = load_actor(session, current_user.id)
    require_owner(actor, None)
    return render_template(
        "moderator/settings/new_site.html",
        actor=actor,
        typed=typed,
        errors=errors or {},
        POLICIES=POLICIES,
    )


def _render_setup(
    session: Session,
    site_key: str,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Errors | None = None,
) -> str:
    actor = load_actor(session, current_user.id)
    site = find_visible_site(session, actor, site_key)
    basics: Basics = read_basics(site)
    return render_template(
        "moderator/settings/setup.html",
        actor=actor,
        site=site,
        place="setup",
        basics=basics,
        consent=read_consent(site),
        subscribers=count_subscribers(session, site.id),
        has_mail=get_settings().has_mail,
        has_address=get_settings().has_address,
        is_owner=actor.is_owner(site.id),
        typed=typed or {},
        errors=errors or {},
        notice=EVENTS.get(read_single(request.args, "done"), ""),
        POLICIES=POLICIES,
    )
