"""Owns which pages may post, and which may read: by the Origin header (RFC 6454)."""

from collections.abc import Collection
from enum import Enum

from flask import Request, Response

from moderation.domain.errors import NotAllowedError
from moderation.domain.urls import find_origin
from moderation.storage.models import Site

CORS_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
    "Access-Control-Max-Age": "7200",
}


class Origin(Enum):
    """Whose page sent a request. `HIDDEN` is `null`, `ABSENT` no header at all."""

    OWN = "own"
    REGISTERED = "registered"
    HIDDEN = "hidden"
    ABSENT = "absent"


def find_sender(request: Request, site: Site, *, base_url: str) -> Origin:
    """Return whose page sent `request`.

    Our own pages are those under `base_url`, and those of the very host the request
    went to, whatever its scheme (a proxy may have taken off https): a service that is
    reached by another name than it was told must not refuse its own form. A page
    can't set the Host header of what it sends, and a program gains nothing by it: it
    may leave Origin out as well.

    :raises NotAllowedError: if the page lies on an origin that is not the site's.
    """
    text = request.headers.get("Origin")
    if text is None:
        return Origin.ABSENT
    if text == "null":
        return Origin.HIDDEN
    if text in list_origins(site):
        return Origin.REGISTERED
    origin = find_origin(text)
    scheme = origin.partition("://")[0]
    own = {find_origin(base_url), find_origin(f"{scheme}://{request.host}")}
    if origin and origin in own:
        return Origin.OWN
    raise NotAllowedError(
        "Comments for this site are not taken from the page this was sent from. If "
        "it is yours, register its origin: moderation site set KEY --origin URL"
    )


def list_origins(site: Site) -> list[str]:
    """Return the origins that a site's pages are served from, as browsers name them."""
    return [row.origin for row in site.origins]


def allow_reading(
    response: Response, origins: Collection[str], request: Request
) -> None:
    """Let scripts of the site's own pages read an answer; no one else's.

    Credentials are never allowed: there are none.
    """
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers.update(CORS_HEADERS)
