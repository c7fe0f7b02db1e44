"""Owns the page of what a site does for authors who may be in danger."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.services.access import find_visible_site, load_actor
from moderation.services.care import LONGEST_HELP, Care, read_care, set_care
from moderation.spam.care import SHIPPED_PHRASES
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.inputs import read_care_form
from moderation.web.moderator.settings.wording import EVENTS

Errors = Mapping[str, Sequence[str]]


def show_care(site_key: str) -> str:
    """Show the switch, the phrases, and the text for authors."""
    with reading() as session:
        return _render(session, site_key)


def save_care(site_key: str) -> Response | tuple[str, int]:
    """Save them."""
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            form = read_care_form(request.form)
            set_care(session, actor, site_key, form.wanted, seen=form.seen)
    except InvalidInputError as error:
        with reading() as session:
            page = _render(session, site_key, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
    place = url_for(".show_care", site_key=site_key, done="care")
    return redirect(place, HTTPStatus.SEE_OTHER)


def _render(session: Session, site_key: str, *, errors: Errors | None = None) -> str:
    actor = load_actor(session, current_user.id)
    site = find_visible_site(session, actor, site_key)
    care = read_care(site)
    return render_template(
        "moderator/settings/care.html",
        actor=actor,
        site=site,
        place="care",
        care=care,
        typed=_read_typed() if errors else _write(care),
        seen=_write(care),
        is_owner=actor.is_owner(site.id),
        is_shipped=care.phrases == SHIPPED_PHRASES,
        longest_help=LONGEST_HELP,
        errors=errors or {},
        notice=EVENTS.get(read_single(request.args, "done"), ""),
    )


def _write(care: Care) -> Mapping[str, str]:
    """Return the fields that say what is set."""
    return {
        "is_on": "on" if care.is_on else "",
        "phrases": "\n".join(care.phrases),
        "help_text": care.help_text,
    }


def _read_typed() -> Mapping[str, str]:
    names = ("is_on", "phrases", "help_text")
    return {name: request.form.get(name, "") for name in names}
