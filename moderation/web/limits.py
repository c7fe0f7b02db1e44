"""Owns how often one address may do what costs us or others."""

from ipaddress import IPv6Address, ip_address

from flask import Flask, request
from flask_limiter import Limiter
from limits import parse_many
from limits.errors import ConfigurationError

from moderation.config import PREFIX, Settings, SettingsError
from moderation.domain.networks import find_network
from moderation.web.windows import SCHEME

LIMITER = "moderation.limiter"
MEMORY = "memory:"
# The address is not repeated: there may be a password in it.
UNUSABLE_STORAGE = (
    f"{PREFIX}LIMITS_URL: this storage can't be used; give memory://, or "
    "valkey://host:6379 with the extra valkey installed (README.md says how)"
)


class ViewLimiter(Limiter):
    """A limiter of views, each of which asks it before it begins.

    Flask-Limiter also looks, before any request, for limits of all views together or
    of a blueprint; there are none, and it took a third of its time.
    """

    def _check_request_limit(
        self,
        callable_name: str | None = None,
        in_middleware: bool = True,  # noqa: FBT001, FBT002 as its parent has it
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


def find_client() -> str:
    """Return whom a limit counts: an IPv4 address, or an IPv6 network (/64)."""
    address = request.remote_addr or ""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(ip.ipv4_mapped) if ip.ipv4_mapped else find_network(address)


def create_limiter(app: Flask, settings: Settings) -> Limiter:
    """Return the limiter of `app`: exact over a moving window, never failing open.

    Should a shared storage be lost, each process counts by itself until it is back.

    :raises SettingsError: if a limit can't be read, or its storage not be used.
    """
    _require_limits(post_limit=settings.post_limit, login_limit=settings.login_limit)
    is_local = settings.limits_url.startswith(MEMORY)
    try:
        limiter = ViewLimiter(
            find_client,
            app=app,
            enabled=settings.limits_enabled,
            headers_enabled=True,
            in_memory_fallback_enabled=not is_local,
            key_prefix="moderation",
            retry_after="delta-seconds",
            storage_uri=f"{SCHEME}://" if is_local else settings.limits_url,
            strategy="moving-window",
        )
    except ConfigurationError:
        raise SettingsError([UNUSABLE_STORAGE]) from None
    # Flask-Limiter keeps but a weak reference: unheld, every limited view is a 500.
    app.extensions[LIMITER] = limiter
    return limiter


def _require_limits(**limits: str) -> None:
    """Refuse what is no limit: Flask-Limiter would go on without any.

    :raises SettingsError: naming each setting.
    """
    problems = [
        f"{PREFIX}{name.upper()}: {text!r} is no limit; give one like "
        f"{Settings.post_limit!r}"
        for name, text in limits.items()
        if not _is_limit(text)
    ]
    if problems:
        raise SettingsError(problems)


def _is_limit(text: str) -> bool:
    try:
        return bool(parse_many(text))
    except ValueError:
        return False
