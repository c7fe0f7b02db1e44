"""Owns the page on which somebody who is logged in proves again who they are."""

from http import HTTPStatus

import structlog
from flask import render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.domain.passwords import MOST_CHARACTERS
from moderation.services.access import load_actor
from moderation.services.passkeys import find_passkey, list_passkeys, note_use
from moderation.storage.models.base import now
from moderation.web.accounts.ceremonies import (
    REFUSED,
    ask_for_login,
    can_use_passkeys,
    check_login,
    read_credential_id,
)
from moderation.web.accounts.forms import require_own_next
from moderation.web.accounts.guessing import count_attempt, count_success
from moderation.web.accounts.logins import note_proof
from moderation.web.accounts.second_step import finish_login
from moderation.web.context import reading, unit_of_work

WRONG_PASSWORD = "This is not your password. Check it and try again."  # noqa: S105

log = structlog.get_logger(__name__)


def show_confirm() -> str:
    """Ask for the password, or a passkey."""
    require_own_next()
    return render_confirm(next_path=request.args.get("next", ""))


def render_confirm(*, next_path: str = "", resend: str = "", error: str = "") -> str:
    """Return the page; `resend` is a form to be offered again afterwards."""
    with reading() as session:
        actor = load_actor(session, current_user.id)
        passkeys = list_passkeys(session, current_user.id)
    has_passkey = bool(passkeys) and can_use_passkeys()
    return render_template(
        "security/confirm.html",
        actor=actor,
        next=next_path,
        resend=resend,
        error=error,
        ceremony=ask_for_login(passkeys) if has_passkey else None,
    )


def take_confirm() -> tuple[str, HTTPStatus] | Response:
    """Note the proof, and lead on to what was asked for."""
    require_own_next()
    next_path, resend = request.form.get("next", ""), request.form.get("resend", "")
    try:
        if request.form.get("credential"):
            _prove_by_passkey()
        else:
            require_password(request.form.get("password", ""))
    except InvalidInputError as refusal:
        log.info("confirmation refused", moderator=current_user.id)
        (error,) = (said for messages in refusal.errors.values() for said in messages)
        page = render_confirm(next_path=next_path, resend=resend, error=error)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    note_proof()
    return finish_login(
        next_path=next_path or url_for("accounts.show_account"), resend=resend
    )


def require_password(password: str, *, field: str = "password") -> None:
    """Refuse what is not the password of whoever is logged in.

    :raises InvalidInputError: if so, under `field`.
    :raises TooManyAttemptsError: if it was tried too often.
    """
    count_attempt("password", current_user.email)
    is_fit = 0 < len(password) <= MOST_CHARACTERS
    if not is_fit or not current_user.verify_and_update_password(password):
        raise InvalidInputError({field: [WRONG_PASSWORD]})
    count_success("password", current_user.email)


def _prove_by_passkey() -> None:
    answer, state = request.form["credential"], request.form.get("state", "")
    credential_id = read_credential_id(answer)
    with unit_of_work() as session:
        passkey = find_passkey(session, credential_id)
        # Somebody else's passkey proves somebody else.
        if passkey is None or passkey.moderator_id != current_user.id:
            raise InvalidInputError({"passkey": [REFUSED]})
        proof = check_login(answer, state, passkey)
        note_use(session, passkey, sign_count=proof.new_sign_count, at=now())
