"""Owns the guard against requests that other pages make in a moderator's name."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from moderation.web.accounts.sessions import SESSION_PATHS
from moderation.web.context import get_settings

# Where mailed links lead: the secret is in the address, and a session neither read nor
# changed, so that no form of theirs holds a CSRF token.
MAILED = {"entrance.take_new_password", "entrance.take_invitation"}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def create_csrf(app: Flask, answer_late: Callable[[], Response | None]) -> CSRFProtect:
    """Return the guard of all views of `app`; blueprints without cookies are exempted.

    A token is good for as long as its session: a queue may stay open all day.
    `answer_late` may answer what comes from a page of ours after the session's end.
    """
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = True
    app.before_request(require_own_origin)
    app.before_request(answer_late)
    return CSRFProtect(app)


def require_own_origin() -> None:
    """Refuse a change to a moderator's page asked for by a page of somebody else.

    The token alone would do; this also holds where a token has leaked. A page that a
    mailed link led to says `Origin: null`, since it sends no referrer (Fetch, 3.2):
    its address is the secret, so that nobody else can make the request.

    :raises CSRFError: if the Origin header names another host.
    """
    if request.method in SAFE_METHODS or not request.path.startswith(SESSION_PATHS):
        return
    origin = request.headers.get("Origin")
    if origin == "null" and request.endpoint in MAILED:
        return
    own = {request.host, urlsplit(get_settings().base_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in own:
        raise CSRFError("The request comes from another site.")
