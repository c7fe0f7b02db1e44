"""Owns the pages about one's own account: name, password, second step, sessions."""

from http import HTTPStatus

import structlog
from flask import redirect, render_template, request, session, url_for
from flask_security import current_user, login_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.domain.one_time_codes import make_address, make_secret
from moderation.services import passkeys, second_steps, sessions
from moderation.services.access import load_actor
from moderation.services.account_events import list_events
from moderation.services.moderators import get_moderator, set_name, set_password
from moderation.storage.models import Moderator
from moderation.storage.models.base import now
from moderation.web.accounts.browsers import describe_browser
from moderation.web.accounts.ceremonies import (
    ask_for_passkey,
    can_use_passkeys,
    check_passkey,
)
from moderation.web.accounts.confirming import require_password
from moderation.web.accounts.datastore import load_account
from moderation.web.accounts.logins import get_page_session
from moderation.web.accounts.mails import mail_notice
from moderation.web.accounts.noting import EVENTS
from moderation.web.accounts.passwords import read_new_password
from moderation.web.accounts.qr import draw_qr_code
from moderation.web.accounts.requiring import LACKING, lacks_second_step
from moderation.web.context import get_sealer, reading, unit_of_work

PENDING_SECRET = "new_secret"  # noqa: S105 a name
LONGEST_CODE = 100
LONGEST = 300
# What was done, as the address of the page after it says.
DONE = {
    "name": "Your name is changed.",
    "password": "Your password is changed, and all other sessions have ended.",
    "app-off": "The app is no longer asked for.",
    "passkey": "The passkey is added. Try it the next time you log in.",
    "passkey-off": "The passkey is removed.",
    "sessions": "Ended. Whoever used it has to log in again.",
}
Page = str | tuple[str, HTTPStatus] | Response

log = structlog.get_logger(__name__)


def show_account() -> str:
    """Show everything about one's own account."""
    return _render_account(done=DONE.get(request.args.get("done", ""), ""))


def change_name() -> Page:
    """Change what replies are signed with."""
    try:
        with unit_of_work() as work:
            set_name(_get_self(work), request.form.get("name", "")[:LONGEST])
    except InvalidInputError as error:
        page = _render_account(errors=error.errors)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _go_back("name")


def change_password() -> Page:
    """Change the password; every other session ends, this one gets a new id."""
    try:
        require_password(request.form.get("current", ""), field="current")
        password_hash = read_new_password(email=current_user.email)
    except InvalidInputError as error:
        page = _render_account(errors=error.errors)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    with unit_of_work() as work:
        moderator = _get_self(work)
        set_password(work, moderator, password_hash)
        mail_notice(work, moderator, "Your password was changed")
    log.info("password changed", moderator=moderator.id)
    login_user(load_account(moderator.id), authn_via=["change"])
    return _go_back("password")


def show_app() -> str:
    """Show the secret for an authenticator app, as a QR code and in letters."""
    return _render_app(_keep_secret())


def take_app() -> Page:
    """Turn the app on if it shows the right code, and show recovery codes."""
    secret, code = _keep_secret(), request.form.get("code", "")[:LONGEST_CODE]
    try:
        with unit_of_work() as work:
            codes = second_steps.turn_on_app(
                work,
                current_user.id,
                secret=secret,
                code=code,
                sealer=get_sealer(),
                at=now(),
            )
            mail_notice(work, _get_self(work), "An authenticator app was added")
    except InvalidInputError as error:
        page = _render_app(secret, error=" ".join(error.errors["code"]))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    session.pop(PENDING_SECRET, None)
    log.info("authenticator app turned on", moderator=current_user.id)
    return _render("security/codes.html", codes=codes)


def remove_app() -> Response:
    """Ask for the password alone from now on."""
    with unit_of_work() as work:
        second_steps.turn_off_app(work, current_user.id)
        mail_notice(work, _get_self(work), "The authenticator app was removed")
    log.info("authenticator app turned off", moderator=current_user.id)
    return _go_back("app-off")


def renew_codes() -> Page:
    """Show new recovery codes; the old ones are worth nothing from now on."""
    with unit_of_work() as work:
        if _get_self(work).totp_secret is None:
            return redirect(url_for("accounts.show_app"))
        codes = second_steps.make_recovery_codes(work, current_user.id)
    log.info("recovery codes renewed", moderator=current_user.id)
    return _render("security/codes.html", codes=codes)


def show_passkeys() -> str:
    """Offer to add a passkey."""
    with reading() as read:
        known = passkeys.list_passkeys(read, current_user.id)
    ceremony = ask_for_passkey(current_user, known) if can_use_passkeys() else None
    return _render("security/passkey.html", ceremony=ceremony)


def take_passkey() -> Response:
    """Keep the passkey that a browser has made."""
    made = check_passkey(
        request.form.get("credential", ""), request.form.get("state", "")
    )
    with unit_of_work() as work:
        passkeys.add_passkey(
            work,
            current_user.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=request.form.get("name", "")
            or describe_browser(request.user_agent.string),
        )
        mail_notice(work, _get_self(work), "A passkey was added")
    log.info("passkey added", moderator=current_user.id)
    return _go_back("passkey")


def drop_passkey(passkey_id: int) -> Response:
    """Forget a passkey."""
    with unit_of_work() as work:
        passkeys.remove_passkey(work, current_user.id, passkey_id)
        mail_notice(work, _get_self(work), "A passkey was removed")
    log.info("passkey removed", moderator=current_user.id)
    return _go_back("passkey-off")


def end_sessions() -> Response:
    """End one session, or all but this one."""
    named = request.form.get("session", "")
    with unit_of_work() as work:
        if named == "others":
            own = get_page_session().digest
            sessions.end_sessions(work, current_user.id, but=own)
        else:
            digest = _read_digest(named)
            sessions.end_own_session(work, current_user.id, digest)
    log.info("sessions ended", moderator=current_user.id)
    return _go_back("sessions")


def _render_account(
    *, done: str = "", errors: dict[str, list[str]] | None = None
) -> str:
    with reading() as read:
        own = _get_self(read)
        return render_template(
            "security/account.html",
            actor=load_actor(read, own.id),
            own=own,
            codes_left=second_steps.count_recovery_codes(read, own.id),
            passkeys=passkeys.list_passkeys(read, own.id),
            can_use_passkeys=can_use_passkeys(),
            sessions=sessions.list_sessions(read, own.id, at=now()),
            present=get_page_session().digest,
            events=list_events(read, own.id),
            EVENTS=EVENTS,
            describe_browser=describe_browser,
            done=done,
            errors=errors or {},
        )


def _render_app(secret: str, *, error: str = "") -> str:
    address = make_address(secret, current_user.email)
    return _render(
        "security/app.html",
        secret=secret,
        qr=draw_qr_code(address),
        error=error,
        lacking=LACKING if lacks_second_step() else "",
    )


def _render(template: str, **values: object) -> str:
    with reading() as read:
        actor = load_actor(read, current_user.id)
    return render_template(template, actor=actor, **values)


def _keep_secret() -> str:
    """Return the secret that is being set up, encrypted in the session meanwhile."""
    sealer = get_sealer()
    if PENDING_SECRET not in session:
        session[PENDING_SECRET] = sealer.seal(make_secret())
    return sealer.unseal(session[PENDING_SECRET])


def _get_self(work: Session) -> Moderator:
    return get_moderator(work, current_user.email)


def _read_digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise InvalidInputError(
            {"session": ["This names no session. Open the page again."]}
        ) from error


def _go_back(done: str) -> Response:
    return redirect(url_for("accounts.show_account", done=done), HTTPStatus.SEE_OTHER)
