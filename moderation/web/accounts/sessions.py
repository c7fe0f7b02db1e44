"""Owns the session cookie: what it says, and which pages read it.

Before login the cookie holds the session itself, signed: it is nothing but a CSRF
token, and a flood of requests for the login page must not fill a table. From login
on it holds a random id, and the session lies in the database, so that logging out
ends every copy of the cookie (ASVS 5.0.0, 7.4.1).
"""

import hashlib
from typing import Any

import structlog
from flask import Flask, Request, Response, request, session
from flask.sessions import (
    NullSession,
    SecureCookieSession,
    SessionInterface,
    SessionMixin,
)
from itsdangerous import BadSignature, URLSafeTimedSerializer

from moderation.services.sessions import LIFETIME, find_session, update_session
from moderation.storage.failures import UNAVAILABLE
from moderation.storage.models.base import now
from moderation.web.context import get_database, get_settings

# Only pages under these have a session: what the public gets must never depend on a
# moderator's cookie, nor cost a look at the table.
SESSION_PATHS = ("/moderate", "/login", "/logout")
ID_CHARACTERS = 43
ANONYMOUS_SECONDS = 86_400
CSRF_FIELD = "csrf_token"

log = structlog.get_logger(__name__)


class PageSession(SecureCookieSession):
    """The session of one request.

    `digest` names its row and is None before login. `new_id` is for the cookie if it
    has just begun. `error` is why the table could not be read.
    """

    digest: bytes | None = None
    new_id: str | None = None
    is_seen_long_ago = False
    is_ended = False
    error: Exception | None = None


class NoSession(NullSession):
    """The session of pages that have none: empty, and refusing to be written."""

    def _refuse(self, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 as Flask's
        del args, kwargs
        raise RuntimeError(
            "This page has no session. Put its path under one of SESSION_PATHS."
        )

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = _refuse


class LoginSessions(SessionInterface):
    """Opens the session of a request, and sends its cookie back."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Return the session the request's cookie stands for, else a new one."""
        if not request.path.startswith(SESSION_PATHS):
            return NoSession()
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if len(cookie) == ID_CHARACTERS and "." not in cookie:
            return _load_session(cookie)
        try:
            data = _get_serializer().loads(cookie, max_age=ANONYMOUS_SECONDS)
        except BadSignature:
            return PageSession()
        return PageSession({CSRF_FIELD: str(data)})

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        """Set or delete the cookie if it changed, and note that a login was seen."""
        if not isinstance(session, PageSession):
            return
        response.vary.add("Cookie")
        if session.new_id is not None:
            seconds = int(LIFETIME.total_seconds())
            self._set_cookie(app, response, session.new_id, max_age=seconds)
        elif session.is_ended:
            self._set_cookie(app, response, "", max_age=0)
        elif session.digest is not None:
            _note_use(session.digest, session)
        elif session.modified and CSRF_FIELD in session:
            value = _get_serializer().dumps(session[CSRF_FIELD])
            self._set_cookie(app, response, value, max_age=None)

    def _set_cookie(
        self, app: Flask, response: Response, value: str, *, max_age: int | None
    ) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            max_age=max_age,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )


def require_readable_session() -> None:
    """Refuse a request whose session could not be read.

    Flask opens sessions where no error handler reaches, so it is told here.

    :raises Exception: as the database did.
    """
    if not request.path.startswith(SESSION_PATHS):
        return
    error: Exception | None = getattr(session, "error", None)
    if error is not None:
        raise error


def compute_digest(session_id: str) -> bytes:
    """Return what the table knows a session by."""
    return hashlib.sha256(session_id.encode()).digest()


def _load_session(cookie: str) -> PageSession:
    digest = compute_digest(cookie)
    try:
        with get_database().read() as reading:
            stored = find_session(reading, digest, at=now())
    except UNAVAILABLE as error:
        lost = PageSession()
        lost.error = error
        return lost
    if stored is None:
        return PageSession()
    found = PageSession(stored.data)
    found.digest = digest
    found.is_seen_long_ago = stored.is_seen_long_ago
    return found


def _note_use(digest: bytes, page_session: PageSession) -> None:
    """Store what changed. A page must not fail because this could not be noted."""
    if not (page_session.modified or page_session.is_seen_long_ago):
        return
    try:
        with get_database().write() as work:
            update_session(work, digest, data=page_session, at=now())
    except UNAVAILABLE as error:
        log.warning("session not noted as seen", error=type(error).__name__)


def _get_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        get_settings().signing_keys, salt="moderation.anonymous-session"
    )
