"""Owns the options of Flask-Security and of the session cookie."""

from datetime import timedelta
from typing import Any

from moderation.config import Settings
from moderation.domain.passwords import LEAST_CHARACTERS, NORMAL_FORM

HOME = "/moderate/"
LOGIN_REFUSED = (
    "This address and password do not belong together. Check both and try again."
)

PASSWORDS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # Argon2 salts by itself: a second secret would only be one more to lose.
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    # OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": 19 * 1024,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_PASSWORD_LENGTH_MIN": LEAST_CHARACTERS,
    "SECURITY_PASSWORD_NORMALIZE_FORM": NORMAL_FORM,
}

PAGES: dict[str, Any] = {
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (LOGIN_REFUSED, "error"),
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_FLASH_MESSAGES": False,
    # Our own pages ask for it where it matters (moderation.web.accounts.pages).
    "SECURITY_FRESHNESS": timedelta(days=-1),
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_POST_LOGIN_VIEW": HOME,
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_STATIC_FOLDER": None,
    # `moderation.web.headers` sets no-store, in words that browsers know.
    "SECURITY_CACHE_CONTROL": None,
}


def make_options(settings: Settings) -> dict[str, Any]:
    """Return all options that are not the defaults."""
    return {
        **PASSWORDS,
        **PAGES,
        # The prefix makes browsers insist on Secure, Path=/ and no Domain, so that no
        # neighbouring host can set it (RFC 6265bis, 4.1.3.2).
        "SESSION_COOKIE_NAME": "__Host-moderation"
        if settings.has_https
        else "moderation",
        "SESSION_COOKIE_SECURE": settings.has_https,
        # Addresses of moderators change with the train they sit in.
        "SESSION_PROTECTION": None,
    }
