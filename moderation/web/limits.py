"""Owns how often one address may do what costs us or others."""

from ipaddress import IPv6Address, ip_address

from flask import Flask, request
from flask_limiter import Limiter

from moderation.config import Settings
from moderation.domain.networks import find_network

LIMITER = "moderation.limiter"


def find_client() -> str:
    """Return whom a limit counts: an IPv4 address, or an IPv6 network (/64)."""
    address = request.remote_addr or ""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return find_network(address)
    return address


def create_limiter(app: Flask, settings: Settings) -> Limiter:
    """Return the limiter of `app`: exact over a moving window, never failing open.

    Should a shared storage be lost, each process counts by itself until it is back.
    """
    limiter = Limiter(
        find_client,
        app=app,
        enabled=settings.limits_enabled,
        headers_enabled=True,
        in_memory_fallback_enabled=not settings.limits_url.startswith("memory:"),
        key_prefix="moderation",
        retry_after="delta-seconds",
        storage_uri=settings.limits_url,
        strategy="moving-window",
    )
    # Flask-Limiter keeps but a weak reference: unheld, every limited view is a 500.
    app.extensions[LIMITER] = limiter
    return limiter
