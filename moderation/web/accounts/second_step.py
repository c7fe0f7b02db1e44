"""Owns the page that asks for a code after the password."""

from http import HTTPStatus

import structlog
from flask import redirect, render_template, request, url_for
from flask_security import UserMixin, login_user
from flask_security.tf_plugin import TfPlugin
from werkzeug.wrappers import Response

from moderation.domain.errors import NotFoundError
from moderation.services.second_steps import pass_second_step
from moderation.storage.models import AccountEventKind
from moderation.storage.models.base import now
from moderation.web.accounts.datastore import Account, load_account
from moderation.web.accounts.forms import is_own_path
from moderation.web.accounts.guessing import count_attempt, count_success
from moderation.web.accounts.logins import Pending, find_pending, start_pending
from moderation.web.accounts.noting import keep_event
from moderation.web.accounts.options import HOME
from moderation.web.accounts.resending import show_resend
from moderation.web.context import get_sealer, unit_of_work

LONGEST_CODE = 100
REFUSED = (
    "This code is not right, or was used before. Wait for the app to show the next "
    "one, or use a recovery code."
)

log = structlog.get_logger(__name__)


class SecondStep(TfPlugin):
    """What Flask-Security asks whether a right password is enough."""

    def tf_enter(
        self,
        user: UserMixin,
        remember_me: bool | None,  # noqa: FBT001 theirs
        primary_authn_via: str,
        next_loc: str | None,
    ) -> Response | None:
        """Return the way to the second step, None if there is none to take."""
        del remember_me, primary_authn_via, next_loc
        if not isinstance(user, Account) or user.totp_secret is None:
            return None
        start_pending(
            user,
            next_path=request.values.get("next", ""),
            resend=request.form.get("resend", ""),
        )
        return redirect(url_for("entrance.show_code"))


def show_code() -> str | Response:
    """Ask for the code."""
    pending = find_pending()
    if pending is None or _find_account(pending) is None:
        return redirect(url_for("security.login"))
    return render_template("security/code.html", error="")


def take_code() -> tuple[str, HTTPStatus] | Response:
    """Log in whoever has given password and code."""
    pending = find_pending()
    account = _find_account(pending) if pending else None
    if pending is None or account is None:
        return redirect(url_for("security.login"))
    count_attempt("code", account.email)
    if not _is_right(account):
        log.info("second step refused", moderator=account.id)
        keep_event(account.id, AccountEventKind.WRONG_CODE)
        page = render_template("security/code.html", error=REFUSED)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    count_success("code", account.email)
    login_user(account, authn_via=["password", "code"])
    return finish_login(next_path=pending.next, resend=pending.resend)


def finish_login(*, next_path: str, resend: str = "") -> Response:
    """Lead on from a login: to what was to be sent, the page asked for, or home."""
    page = show_resend(resend)
    if page is not None:
        return page
    return redirect(next_path if is_own_path(next_path) else HOME)


def _find_account(pending: Pending) -> Account | None:
    """Return the account, unless its password was changed or it was put to rest."""
    try:
        account = load_account(pending.moderator_id)
    except NotFoundError:
        return None
    return account if account.fs_uniquifier == pending.uniquifier else None


def _is_right(account: Account) -> bool:
    code = request.form.get("code", "")
    if not code or len(code) > LONGEST_CODE:
        return False
    with unit_of_work() as session:
        return pass_second_step(
            session, account.id, code, sealer=get_sealer(), at=now()
        )
