"""Owns who is slowed down when passwords and codes are guessed, and who is not.

Failures count by account and by where they come from. A browser somebody has logged in
from counts by itself (a signed cookie, as OWASP's "device cookies" have it): whoever
hammers an account from elsewhere, even from everywhere, does not lock its owner out.
"""

import hmac
import secrets
from collections.abc import Mapping

import structlog
from flask import Flask, Response, after_this_request, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from moderation.domain.errors import TooManyAttemptsError
from moderation.domain.networks import find_network
from moderation.services.throttles import (
    Pace,
    forgive_attempts,
    return_attempt,
    take_attempt,
)
from moderation.storage.models.base import now
from moderation.web.context import get_database, get_settings
from moderation.web.limits import find_client

KNOWN_BROWSER = Pace(free=10, first_seconds=10)
ONE_NETWORK = Pace(free=5, first_seconds=10)
EVERYWHERE = Pace(free=30, first_seconds=10)

COOKIE = "moderation-browser"
COOKIE_PATH = "/login"
# Browsers keep none for longer (RFC 6265bis, 5.5).
COOKIE_SECONDS = 400 * 86_400

log = structlog.get_logger(__name__)


def find_guesser() -> str:
    """Return whom the limit on logins counts: a known browser, else an address."""
    browser = _read_cookie()
    return f"browser {browser[0]}" if browser else find_client()


def count_attempt(purpose: str, email: str) -> None:
    """Count an attempt before it is looked at.

    :raises TooManyAttemptsError: if it has to wait.
    """
    if not get_settings().limits_enabled:
        return
    try:
        with get_database().write() as session:
            take_attempt(session, _list_paces(purpose, email), at=now())
    except TooManyAttemptsError:
        log.warning("guessing slowed down", purpose=purpose)
        raise


def count_success(purpose: str, email: str) -> None:
    """Forget the failures of whoever was right; what others did elsewhere counts on."""
    if not get_settings().limits_enabled:
        return
    everywhere = _make_key(purpose, "everywhere", email)
    own = [key for key in _list_paces(purpose, email) if key != everywhere]
    with get_database().write() as session:
        forgive_attempts(session, own)
        return_attempt(session, everywhere, at=now())


def remember_browser(app: Flask, email: str) -> None:
    """Let this browser count by itself from now on: its owner has logged in here."""
    known = _read_cookie()
    browser = known[0] if known else secrets.token_urlsafe(16)
    value = _get_serializer().dumps([browser, _make_key("owner", email).hex()])

    @after_this_request
    def send_cookie(response: Response) -> Response:
        response.set_cookie(
            _name_cookie(),
            str(value),
            max_age=COOKIE_SECONDS,
            path=COOKIE_PATH,
            secure=bool(app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
        return response


def _list_paces(purpose: str, email: str) -> Mapping[bytes, Pace]:
    browser = _read_cookie()
    if browser and hmac.compare_digest(browser[1], _make_key("owner", email).hex()):
        return {_make_key(purpose, "browser", browser[0], email): KNOWN_BROWSER}
    network = find_network(request.remote_addr or "")
    return {
        _make_key(purpose, "network", network, email): ONE_NETWORK,
        _make_key(purpose, "everywhere", email): EVERYWHERE,
    }


def _make_key(*parts: str) -> bytes:
    """Return a digest that only who has the secret key can make; case is dropped."""
    text = "\0".join(part.strip().casefold()[:400] for part in parts)
    secret = get_settings().secret_key.encode()
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")


def _read_cookie() -> tuple[str, str] | None:
    """Return the browser's id, and the key of the account it is known to."""
    try:
        data = _get_serializer().loads(
            request.cookies.get(_name_cookie(), ""), max_age=COOKIE_SECONDS
        )
    except BadSignature:
        return None
    return str(data[0]), str(data[1])


def _name_cookie() -> str:
    return f"__Secure-{COOKIE}" if get_settings().has_https else COOKIE


def _get_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        get_settings().signing_keys, salt="moderation.known-browser"
    )
