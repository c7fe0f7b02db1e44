"""Owns the page that Prometheus reads, and who may."""

import hmac
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest
from prometheus_client.registry import Collector

from moderation.config import IPNetwork, Settings
from moderation.domain.errors import (
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
)
from moderation.web.context import get_settings
from moderation.web.metrics import get_metrics
from moderation.web.ops.gauges import read_gauges


class Page(Collector):
    """All figures: those this process counted, and those it asks for."""

    def collect(self) -> Iterator[Metric]:
        """Yield each with its samples."""
        yield from get_metrics().registry.collect()
        yield from read_gauges()


def show_metrics() -> Response:
    """Show the figures to those who may see them.

    :raises NotFoundError: if the settings let nobody.
    :raises NotAllowedError: if the client is in none of the networks set.
    :raises NotAuthenticatedError: if it does not give the token set.
    """
    _require_scraper(get_settings())
    return Response(generate_latest(Page()), content_type=CONTENT_TYPE_LATEST)


def _require_scraper(settings: Settings) -> None:
    """Refuse whoever does not fulfil all that is set."""
    if not settings.metrics_token and not settings.metrics_allow:
        raise NotFoundError("There is nothing at this address. Check it for slips.")
    if settings.metrics_allow and not (
        _is_known(settings) and _is_in(settings.metrics_allow)
    ):
        raise NotAllowedError("Figures are not shown to this address.")
    if settings.metrics_token and not _has_token(settings.metrics_token):
        raise NotAuthenticatedError("Give the token of MODERATION_METRICS_TOKEN.")


def _is_known(settings: Settings) -> bool:
    """Return whether the address is the client's, and not that of a proxy.

    One that nobody told us of stands on this machine mostly: all the world would be.
    """
    return settings.trusted_proxies > 0 or "X-Forwarded-For" not in request.headers


def _is_in(networks: Sequence[IPNetwork]) -> bool:
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    # The same address, as sockets for both kinds write it.
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks)


def _has_token(expected: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode(), expected.encode())
    return kind.lower() == "bearer" and is_right
