"""Owns logging in and out: Flask-Security, set up with what we offer and no more.

To set a password elsewhere (the command line), in an app context: let
`app.extensions["security"].password_util.validate` check it, and hash what that returns
with `flask_security.hash_password`.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_limiter import Limiter
from flask_login import user_logged_out
from flask_security import Security, user_authenticated
from flask_wtf import CSRFProtect

from moderation.config import Settings
from moderation.domain.passwords import LEAST_CHARACTERS, NORMAL_FORM
from moderation.web.accounts.datastore import Account, AccountDatastore
from moderation.web.accounts.forms import LoginForm, require_own_next
from moderation.web.accounts.passwords import AccountPasswordUtil
from moderation.web.accounts.protection import create_csrf
from moderation.web.accounts.sessions import (
    LoginSessions,
    end_login,
    require_readable_session,
    start_login,
)

HOME = "/moderate/"
LOGIN_REFUSED = (
    "This address and password do not belong together. Check both and try again."
)

log = structlog.get_logger(__name__)


def init_accounts(app: Flask, settings: Settings, limiter: Limiter) -> CSRFProtect:
    """Register `/login` and `/logout`; return the CSRF guard, to exempt views from."""
    configure_accounts(app, settings)
    app.session_interface = LoginSessions()
    app.before_request(require_readable_session)
    csrf = create_csrf(app)
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
    security.want_json(lambda _: False)
    user_authenticated.connect(note_login, app)
    user_logged_out.connect(note_logout, app)
    guard_login(app, settings, limiter)
    return csrf


def guard_login(app: Flask, settings: Settings, limiter: Limiter) -> None:
    """Slow down guessing, and let `next` lead to nobody else."""
    limit = limiter.limit(settings.login_limit, methods=["POST"])
    login: Any = app.view_functions["security.login"]

    def log_in() -> Any:  # noqa: ANN401 as Flask-Security's
        require_own_next()
        return login()

    app.view_functions["security.login"] = limit(log_in)


def configure_accounts(app: Flask, settings: Settings) -> None:
    """Set Flask-Security's options that are not its defaults."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-moderation" if settings.has_https else "moderation",
        SESSION_COOKIE_SECURE=settings.has_https,
        # Addresses of moderators change with the train they sit in.
        SESSION_PROTECTION=None,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # Argon2 salts by itself: a second secret would only be one more to lose.
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        # OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__type": "ID",
            "argon2__memory_cost": 19 * 1024,
            "argon2__time_cost": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_PASSWORD_LENGTH_MIN=LEAST_CHARACTERS,
        SECURITY_PASSWORD_NORMALIZE_FORM=NORMAL_FORM,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(
            LOGIN_REFUSED,
            "error",
        ),
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_FLASH_MESSAGES=False,
        # There is no page yet that asks for the password again.
        SECURITY_FRESHNESS=timedelta(days=-1),
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGOUT_CSRF=True,
        SECURITY_POST_LOGIN_VIEW=HOME,
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_STATIC_FOLDER=None,
        # `moderation.web.headers` sets no-store, in words that browsers know.
        SECURITY_CACHE_CONTROL=None,
    )


def render_form(template: str, **values: Any) -> Response:  # noqa: ANN401 as Flask's
    """Return a page of Flask-Security. A form shown again says so by its status."""
    response = make_response(render_template(template, **values))
    if request.method == "POST":
        log.info("login refused")
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def refuse_tokens(_: object) -> None:
    """Log nobody in by what a request carries besides its cookie."""


def note_login(_: Flask, *, user: Account, **__: object) -> None:
    """Begin the session of somebody who proved to be `user`."""
    start_login(user)
    log.info("moderator logged in", moderator=user.id)


def note_logout(_: Flask, *, user: Account, **__: object) -> None:
    """End the session of `user`."""
    end_login()
    log.info("moderator logged out", moderator=user.id)
