"""Owns logging in and out: Flask-Security, set up with what we offer and no more.

To set a password elsewhere (the command line), in an app context: let
`app.extensions["security"].password_util.validate` check it, and hash what that returns
with `flask_security.hash_password`.
"""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_limiter import Limiter
from flask_login import user_logged_out
from flask_security import Security, user_authenticated
from flask_wtf import CSRFProtect

from moderation.config import Settings
from moderation.web.accounts.datastore import Account, AccountDatastore
from moderation.web.accounts.forms import LoginForm, require_own_next
from moderation.web.accounts.logins import end_login, start_login
from moderation.web.accounts.options import make_options
from moderation.web.accounts.passwords import AccountPasswordUtil
from moderation.web.accounts.protection import create_csrf
from moderation.web.accounts.sessions import LoginSessions, require_readable_session

log = structlog.get_logger(__name__)


def init_accounts(app: Flask, settings: Settings, limiter: Limiter) -> CSRFProtect:
    """Register `/login` and `/logout`; return the CSRF guard, to exempt views from."""
    app.config.update(make_options(settings))
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
