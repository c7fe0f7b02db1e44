"""Owns the pages of those who are not logged in yet: codes, passkeys, mailed links."""

import time
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_limiter import Limiter
from flask_security import login_user
from werkzeug.wrappers import Response as WerkzeugResponse

from moderation.config import Settings
from moderation.domain.errors import InvalidInputError, TooManyAttemptsError
from moderation.services.invitations import (
    accept_invitation,
    find_invitation,
    has_account,
)
from moderation.services.links import find_link
from moderation.services.moderators import (
    find_moderator,
    make_reset_link,
    normalise_address,
    reset_password,
)
from moderation.services.passkeys import find_keeper, find_passkey, note_use
from moderation.storage.models import LinkPurpose, Moderator
from moderation.storage.models.base import now
from moderation.web.accounts.ceremonies import (
    REFUSED,
    check_login,
    read_credential_id,
)
from moderation.web.accounts.datastore import load_account
from moderation.web.accounts.guessing import count_attempt, find_guesser
from moderation.web.accounts.mails import mail_notice, mail_reset
from moderation.web.accounts.passwords import read_new_password
from moderation.web.accounts.second_step import finish_login, show_code, take_code
from moderation.web.accounts.setup import show_setup, take_setup
from moderation.web.context import get_settings, reading, unit_of_work

PREFIX = "/login"
# However much or little there is to do for an address, the answer takes this long.
RESET_SECONDS = 0.25
LONGEST_EMAIL = 320
Page = str | tuple[str, HTTPStatus] | WerkzeugResponse

log = structlog.get_logger(__name__)


def create_entrance(settings: Settings, limiter: Limiter) -> Blueprint:
    """Return the pages, each limited as the login is: they all can be guessed at."""
    pages = Blueprint("entrance", __name__, url_prefix=PREFIX)
    limit = limiter.shared_limit(
        settings.login_limit, "login", key_func=find_guesser, methods=["POST"]
    )
    pages.after_request(hide_address)
    pages.get("/code")(show_code)
    pages.post("/code")(limit(take_code))
    pages.post("/passkey")(limit(take_passkey))
    pages.get("/reset")(show_reset)
    pages.post("/reset")(limit(take_reset))
    pages.get("/reset/<token>")(show_new_password)
    pages.post("/reset/<token>")(limit(take_new_password))
    pages.get("/invitation/<token>")(show_invitation)
    pages.post("/invitation/<token>")(limit(take_invitation))
    pages.get("/setup")(show_setup)
    pages.post("/setup")(limit(take_setup))
    return pages


def hide_address(response: Response) -> Response:
    """Tell nobody the address of a page that a secret link led to."""
    if "token" in (request.view_args or {}):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def take_passkey() -> Page:
    """Log in whoever answers a challenge with a passkey."""
    answer, state = request.form.get("credential", ""), request.form.get("state", "")
    moderator = prove_passkey(answer, state)
    login_user(load_account(moderator.id), authn_via=["passkey"])
    return finish_login(
        next_path=request.form.get("next", ""), resend=request.form.get("resend", "")
    )


def prove_passkey(answer: str, state: str) -> Moderator:
    """Return the moderator whose passkey has signed the challenge of this session.

    :raises InvalidInputError: if none has.
    """
    credential_id = read_credential_id(answer)
    with unit_of_work() as session:
        passkey = find_passkey(session, credential_id)
        keeper = find_keeper(session, passkey) if passkey else None
        if passkey is None or keeper is None:
            log.info("passkey refused")
            raise InvalidInputError({"passkey": [REFUSED]})
        proof = check_login(answer, state, passkey)
        note_use(session, passkey, sign_count=proof.new_sign_count, at=now())
        return keeper


def show_reset() -> str:
    """Ask for the address to send a link to."""
    return render_template("security/reset.html", has_mail=get_settings().has_mail)


def take_reset() -> Page:
    """Send a link if somebody has the address; say and take the same if nobody has."""
    start = time.monotonic()
    email = request.form.get("email", "").strip()[:LONGEST_EMAIL]
    if get_settings().has_mail:
        _send_reset(email)
    time.sleep(max(0.0, RESET_SECONDS - (time.monotonic() - start)))
    return redirect(url_for("security.login", done="asked"), HTTPStatus.SEE_OTHER)


def show_new_password(token: str) -> str:
    """Ask for a new password; looking at the page uses nothing up."""
    with reading() as session:
        link = find_link(session, LinkPurpose.RESET, token, at=now())
    return render_template("security/new_password.html", email=link.email, errors={})


def take_new_password(token: str) -> Page:
    """Set the new password, once."""
    with reading() as session:
        email = find_link(session, LinkPurpose.RESET, token, at=now()).email
    try:
        password_hash = read_new_password(email=email)
    except InvalidInputError as error:
        return _show_again("security/new_password.html", error, email=email)
    with unit_of_work() as session:
        moderator = reset_password(session, token, password_hash, at=now())
        mail_notice(session, moderator, "Your password was changed")
    log.info("password reset", moderator=moderator.id)
    return redirect(url_for("security.login", done="reset"), HTTPStatus.SEE_OTHER)


def show_invitation(token: str) -> str:
    """Ask whoever was invited for a name and a password."""
    return render_template("security/invitation.html", **_describe(token), errors={})


def take_invitation(token: str) -> Page:
    """Let whoever was invited in."""
    known = _describe(token)
    invitation = known["invitation"]
    name = request.form.get("name", "")
    try:
        password_hash = (
            "" if known["is_known"] else read_new_password(email=invitation.email)
        )
        with unit_of_work() as session:
            moderator = accept_invitation(
                session, token, name=name, password_hash=password_hash, at=now()
            )
    except InvalidInputError as error:
        return _show_again("security/invitation.html", error, name=name, **known)
    log.info("invitation accepted", moderator=moderator.id)
    return redirect(url_for("security.login", done="welcome"), HTTPStatus.SEE_OTHER)


def _describe(token: str) -> dict[str, Any]:
    with reading() as session:
        invitation = find_invitation(session, token, at=now())
        return {
            "invitation": invitation,
            "site": invitation.site,
            "inviter": invitation.invited_by,
            "is_known": has_account(session, invitation.email),
        }


def _send_reset(email: str) -> None:
    """Mail a link, unless nobody has the address or it was mailed to often."""
    try:
        address = normalise_address(email)
        count_attempt("reset", address)
    except (InvalidInputError, TooManyAttemptsError):
        return
    with unit_of_work() as session:
        moderator = find_moderator(session, address)
        if moderator is None or not moderator.active:
            return
        mail_reset(session, address, make_reset_link(session, moderator, at=now()))
    log.info("reset link sent", moderator=moderator.id)


def _show_again(
    template: str, error: InvalidInputError, **values: object
) -> tuple[str, HTTPStatus]:
    """Return a form again, with what is wrong with it."""
    page = render_template(template, errors=error.errors, **values)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY
