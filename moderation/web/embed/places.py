"""Owns what is read before anything is shown: the site, its thread, its comments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urldefrag

from flask import g, request

from moderation.services.sites import is_own_page, recall_site
from moderation.services.threads import PublicComment, find_thread, list_approved
from moderation.storage.models import Site
from moderation.web.context import get_database, get_settings, reading
from moderation.web.embed.origins import list_origins
from moderation.web.headers import allow_form_targets, allow_framing


@dataclass(frozen=True, kw_only=True)
class Place:
    """One thread as anybody may see it, whether or not somebody has written there.

    `page_url` is the blog's page, without fragment, "" if none is known that lies on
    one of the site's origins.
    """

    key: str
    is_open: bool
    page_url: str
    comments: Sequence[PublicComment]


NOWHERE = Place(key="", is_open=True, page_url="", comments=())


def load_site() -> None:
    """Find the site that the address names, for all views of this audience.

    Its own pages may show ours in a frame, and are where a form may lead back to.

    :raises NotFoundError: if there is no such site.
    """
    with get_database().look() as connection:
        site = recall_site(connection, (request.view_args or {})["site_key"])
    serve_site(site)


def serve_site(site: Site) -> None:
    """Note which site the current request is for."""
    g.site = site
    serve_origins(list_origins(site))


def serve_origins(origins: Sequence[str]) -> None:
    """Note whose pages the answer is for: they may frame it, and be led back to."""
    g.origins = origins
    allow_framing(origins)
    allow_form_targets(origins)


def get_site() -> Site:
    """Return the site that the current address names."""
    site: Site = g.site
    return site


def read_place(key: str) -> Place:
    """Return the thread of a key on the current site."""
    site = get_site()
    with reading() as session:
        thread = find_thread(session, site, key)
        if thread is None:
            return replace(NOWHERE, key=key, is_open=site.is_open)
        return Place(
            key=key,
            is_open=site.is_open and thread.is_open,
            page_url=find_page(site, thread.url),
            comments=list_approved(session, thread),
        )


def offers_replies() -> bool:
    """Return whether authors on the current site may ask for mails about replies."""
    return get_site().offers_replies and get_settings().can_notify


def find_page(site: Site, url: str) -> str:
    """Return a page's address without fragment, "" unless it is the site's own."""
    return urldefrag(url).url if is_own_page(site, url) else ""
