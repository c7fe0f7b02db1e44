"""Owns the page on which owners hand out or erase what is kept about somebody.

The address is never part of an address of ours: those are kept in logs and histories.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, render_template, request
from flask_security import current_user

from moderation.domain.errors import InvalidInputError
from moderation.services.access import load_actor
from moderation.services.disclosing import describe_person
from moderation.services.erasing import check_address, count_erasure, erase_person
from moderation.services.erasures import Erasure, describe_erasure
from moderation.services.jobs import request_job
from moderation.services.own_sites import list_own_sites
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.settings.inputs import read_line

SCRUB = "scrub"
FILE = "person.json"
NOT_SURE = "Tick the box to say that you are sure: this can’t be undone."
Errors = Mapping[str, Sequence[str]]
Page = str | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is asked for: an address, on a site or (None) on all the owner has."""

    email: str
    site_key: str | None


def show_person() -> str:
    """Show the form that asks for an address."""
    return _render(Asked(email="", site_key=None))


def find_person() -> Page:
    """Show what is kept about somebody, and what can be done."""
    asked = _read()
    try:
        check_address(asked.email)
        with reading() as session:
            actor = load_actor(session, current_user.id)
            found = count_erasure(session, actor, asked.email, site_key=asked.site_key)
    except InvalidInputError as error:
        return _refuse(asked, error.errors)
    return _render(asked, found=found)


def export_person() -> Response | Page:
    """Answer with all that is kept about somebody, as a file."""
    asked = _read()
    try:
        with reading() as session:
            actor = load_actor(session, current_user.id)
            told = describe_person(session, actor, asked.email, site_key=asked.site_key)
    except InvalidInputError as error:
        return _refuse(asked, error.errors)
    answer = Response(
        json.dumps(told, ensure_ascii=False, indent=2) + "\n",
        mimetype="application/json",
    )
    answer.headers.set("Content-Disposition", "attachment", filename=FILE)
    return answer


def erase() -> Page:
    """Erase somebody, and have the database's file put in order."""
    asked = _read()
    if request.form.get("sure") != "yes":
        with reading() as session:
            actor = load_actor(session, current_user.id)
            found = count_erasure(session, actor, asked.email, site_key=asked.site_key)
        return _refuse(asked, {"sure": [NOT_SURE]}, found=found)
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            done = erase_person(session, actor, asked.email, site_key=asked.site_key)
            request_job(session, SCRUB, at=now())
    except InvalidInputError as error:
        return _refuse(asked, error.errors)
    return _render(Asked(email="", site_key=None), done=describe_erasure(done))


def _read() -> Asked:
    key = read_line(request.form, "site")
    return Asked(email=read_line(request.form, "email"), site_key=key or None)


def _refuse(
    asked: Asked, errors: Errors, *, found: Erasure | None = None
) -> tuple[str, int]:
    page = _render(asked, errors=errors, found=found)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _render(
    asked: Asked,
    *,
    found: Erasure | None = None,
    done: str = "",
    errors: Errors | None = None,
) -> str:
    with reading() as session:
        actor = load_actor(session, current_user.id)
        return render_template(
            "moderator/settings/person.html",
            actor=actor,
            sites=list_own_sites(session, actor),
            asked=asked,
            found=found,
            done=done,
            errors=errors or {},
        )
