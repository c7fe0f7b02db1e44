"""Owns the page of the first run, there until somebody owns the installation."""

from http import HTTPStatus

import structlog
from flask import current_app, redirect, render_template, request
from flask_security import login_user
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.services.setups import (
    WRONG_CODE,
    drop_setup_code,
    is_setup_code,
    keep_setup_code,
    needs_setup,
    set_up,
)
from moderation.web.accounts.datastore import load_account
from moderation.web.accounts.options import HOME
from moderation.web.accounts.passwords import read_new_password
from moderation.web.context import get_settings, reading, unit_of_work

IS_SET_UP = "moderation.is_set_up"
FIELDS = ("code", "email", "name", "site_name", "site_address", "site_key")
LONGEST = 2_000

log = structlog.get_logger(__name__)


def is_first_run() -> bool:
    """Return whether there is nobody yet who could log in.

    Once there was somebody, nobody is asked again: it never becomes untrue.
    """
    if current_app.extensions.get(IS_SET_UP):
        return False
    with reading() as session:
        is_first = needs_setup(session)
    current_app.extensions[IS_SET_UP] = not is_first
    return is_first


def show_setup() -> str:
    """Ask for the code, the owner and the first site."""
    _require_first_run()
    keep_setup_code(get_settings().data_dir)
    return render_template("security/setup.html", given={}, errors={})


def take_setup() -> tuple[str, HTTPStatus] | Response:
    """Make the owner and the first site, and log the owner in."""
    _require_first_run()
    given = {name: _read(name) for name in FIELDS}
    try:
        owner_id = _set_up(given)
    except InvalidInputError as error:
        page = render_template("security/setup.html", given=given, errors=error.errors)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    drop_setup_code(get_settings().data_dir)
    log.info("installation set up", moderator=owner_id)
    login_user(load_account(owner_id), authn_via=["setup"])
    return redirect(HOME)


def _read(field: str) -> str:
    """Return what was given, as a line: what can't be shown is left out."""
    text = request.form.get(field, "").strip()[:LONGEST]
    return "".join(letter for letter in text if letter.isprintable())


def _set_up(given: dict[str, str]) -> int:
    """Return the id of the owner.

    :raises InvalidInputError: naming the field that can't be taken, the code first.
    """
    if not is_setup_code(get_settings().data_dir, given["code"]):
        log.warning("set-up code refused")
        raise InvalidInputError({"code": [WRONG_CODE]})
    password_hash = read_new_password(email=given["email"])
    with unit_of_work() as session:
        return set_up(
            session,
            email=given["email"],
            name=given["name"],
            password_hash=password_hash,
            site_name=given["site_name"],
            site_address=given["site_address"],
            site_key=given["site_key"],
        ).id


def _require_first_run() -> None:
    if not is_first_run():
        raise NotFoundError("There is nothing at this address. Check it for slips.")
