"""Owns logging in and out: Flask-Security, set up with what we offer and no more.

It checks passwords, knows who is logged in, and says so by signals. The pages besides
(second step, passkeys, mailed links, people) are our own: docs/adr says why.

To set a password elsewhere (the command line), in an app context: let
`app.extensions["security"].password_util.validate` check it, and hash what that returns
with `flask_security.hash_password`.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter import Limiter
from flask_login import user_logged_out
from flask_security import Security, current_user, user_authenticated
from flask_wtf import CSRFProtect

from moderation.config import Settings
from moderation.storage.models import AccountEventKind
from moderation.web.accounts.ceremonies import ask_for_login, can_use_passkeys
from moderation.web.accounts.datastore import Account, AccountDatastore
from moderation.web.accounts.entrance import create_entrance
from moderation.web.accounts.forms import LoginForm, require_own_next
from moderation.web.accounts.guessing import (
    count_attempt,
    count_success,
    find_guesser,
    remember_browser,
)
from moderation.web.accounts.logins import end_login, start_login
from moderation.web.accounts.noting import keep_event, keep_wrong_password
from moderation.web.accounts.options import make_options
from moderation.web.accounts.pages import create_pages
from moderation.web.accounts.passwords import AccountPasswordUtil
from moderation.web.accounts.protection import MAILED, create_csrf
from moderation.web.accounts.requiring import BY_PASSKEY, require_second_step
from moderation.web.accounts.resending import offer_login, show_resend
from moderation.web.accounts.second_step import SecondStep
from moderation.web.accounts.sessions import LoginSessions, require_readable_session
from moderation.web.accounts.setup import is_first_run

# What has happened before somebody comes to the login page, by the word for it.
ARRIVALS = {
    "asked": "If somebody here has this address, a mail is on its way. Its link is "
    "good for two hours.",
    "reset": "Your password is set, and everybody who was logged in with the old one "
    "is out. Log in with the new one.",
    "welcome": "Welcome. Log in with your e-mail address and password.",
}

log = structlog.get_logger(__name__)


def init_accounts(app: Flask, settings: Settings, limiter: Limiter) -> CSRFProtect:
    """Register the pages of accounts; return the CSRF guard, to exempt views from."""
    app.config.update(make_options(settings))
    app.session_interface = LoginSessions()
    app.before_request(require_readable_session)
    csrf = create_csrf(app, offer_login)
    security = Security(
        app,
        AccountDatastore(),
        login_form=LoginForm,
        password_util_cls=AccountPasswordUtil,
        render_template=render_form,  # type: ignore[arg-type]
    )
    # A session is the only way in, and roles are asked of services: tokens in headers
    # are not looked for, and Flask-Principal need not load anybody on public pages.
    security.login_manager.request_loader(refuse_tokens)
    security.principal.identity_loaders.clear()
    security.two_factor_plugins = SecondStep()
    security.support_mfa = True
    security.login_context_processor(describe_login)
    security.want_json(lambda _: False)
    user_authenticated.connect(note_login, app)
    user_logged_out.connect(note_logout, app)
    app.before_request(require_second_step)
    guard_login(app, settings, limiter)
    app.register_blueprint(create_entrance(settings, limiter))
    for endpoint in MAILED:
        csrf.exempt(app.view_functions[endpoint])
    app.register_blueprint(create_pages(settings, limiter))
    return csrf


def guard_login(app: Flask, settings: Settings, limiter: Limiter) -> None:
    """Slow down guessing, and let `next` lead to nobody else."""
    limit = limiter.shared_limit(
        settings.login_limit, "login", key_func=find_guesser, methods=["POST"]
    )
    login: Any = app.view_functions["security.login"]

    def log_in() -> Response:
        require_own_next()
        if current_user.is_authenticated:
            return make_response(login())
        if request.method == "POST":
            return check_password(login)
        if is_first_run():
            return make_response(redirect(url_for("entrance.show_setup")))
        return make_response(login())

    app.view_functions["security.login"] = limit(log_in)


def check_password(login: Any) -> Response:  # noqa: ANN401 Flask-Security's view
    """Return what Flask-Security answers to a password, unless it was tried too often.

    :raises TooManyAttemptsError: if it was.
    """
    email = request.form.get("email", "")
    count_attempt("password", email)
    answer = make_response(login())
    if answer.status_code != HTTPStatus.FOUND:
        return keep_wrong_password(answer, email)
    count_success("password", email)
    resend = show_resend(request.form.get("resend", ""))
    return resend if resend and current_user.is_authenticated else answer


def describe_login() -> dict[str, object]:
    """Return what the login page shows besides its form."""
    return {
        "arrival": ARRIVALS.get(request.args.get("done", ""), ""),
        "ceremony": ask_for_login() if can_use_passkeys() else None,
        "resend": request.form.get("resend", ""),
    }


def render_form(template: str, **values: Any) -> Response:  # noqa: ANN401 as Flask's
    """Return a page of Flask-Security. A form shown again says so by its status."""
    response = make_response(render_template(template, **values))
    if request.method == "POST":
        log.info("login refused")
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def refuse_tokens(_: object) -> None:
    """Log nobody in by what a request carries besides its cookie."""


def note_login(
    app: Flask, *, user: Account, authn_via: Sequence[str] = (), **__: object
) -> None:
    """Begin the session of somebody who proved to be `user`."""
    if "passkey" in authn_via:
        session[BY_PASSKEY] = True
    start_login(user)
    keep_event(user.id, AccountEventKind.LOGIN)
    remember_browser(app, user.email)
    log.info("moderator logged in", moderator=user.id)


def note_logout(_: Flask, *, user: Account, **__: object) -> None:
    """End the session of `user`."""
    end_login()
    keep_event(user.id, AccountEventKind.LOGOUT)
    log.info("moderator logged out", moderator=user.id)
