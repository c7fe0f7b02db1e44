"""Owns the sites: which blogs there are, and where their pages are served from."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from moderation.domain.errors import (
    InvalidInputError,
    InvalidOriginError,
    NotFoundError,
)
from moderation.domain.policy import Policy
from moderation.domain.urls import find_origin, parse_origin
from moderation.storage.models import Site, SiteOrigin
from moderation.storage.objects import restore
from moderation.storage.recalling import recall

NO_SITE = "There is no such site here. Check its key for slips."
LONGEST_KEY = 63
LONGEST_NAME = 200
MOST_ORIGINS = 50
# Composed once: that takes longer than to run it.
_FIND = (
    select(Site).where(Site.key == bindparam("key")).options(joinedload(Site.origins))
)
_RECALL = (
    select(*Site.__table__.c, SiteOrigin.id.label("origin_id"), SiteOrigin.origin)
    .outerjoin(SiteOrigin, SiteOrigin.site_id == Site.id)
    .where(Site.key == bindparam("site"))
    .order_by(SiteOrigin.id)
)
_COLUMNS = [column.name for column in Site.__table__.c]
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def add_site(
    session: Session,
    *,
    key: str,
    name: str,
    origins: Iterable[str],
    policy: Policy = Policy.HOLD_FIRST,
) -> Site:
    """Return a new site.

    :raises InvalidInputError: if the key is taken or no key, the name is empty, or an
        origin is none.
    """
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise InvalidInputError(
            {"key": ["Use up to 63 small letters, digits and hyphens, as in my-blog."]}
        )
    if session.scalar(select(Site.id).where(Site.key == key)) is not None:
        raise InvalidInputError({"key": [f"There is a site {key} already."]})
    site = Site(key=key, name=_check_name(name), policy=policy)
    site.origins = _make_origins(origins)
    session.add(site)
    session.flush()
    return site


def set_site(
    session: Session,
    key: str,
    *,
    name: str | None = None,
    origins: Sequence[str] | None = None,
    policy: Policy | None = None,
    is_open: bool | None = None,
) -> Site:
    """Change what is given of a site and return it.

    :raises NotFoundError: if there is no such site.
    :raises InvalidInputError: as `add_site`.
    """
    site = find_site(session, key)
    if name is not None:
        site.name = _check_name(name)
    if origins is not None:
        site.origins = _make_origins(origins)
    if policy is not None:
        site.policy = policy
    if is_open is not None:
        site.is_open = is_open
    session.flush()
    return site


def find_site(session: Session, key: str) -> Site:
    """Return the site of a key, its origins loaded.

    :raises NotFoundError: if there is none.
    """
    site = session.scalars(_FIND, {"key": key}).unique().one_or_none()
    if site is None:
        raise NotFoundError(NO_SITE)
    return site


def recall_site(connection: Connection, key: str) -> Site:
    """Return the site of a key, its origins loaded: to be read, never to be changed.

    It belongs to no session, and is the same object until something of it is changed.

    :raises NotFoundError: if there is none.
    """
    site = recall(connection, _RECALL, {"site": key}, _restore)
    if site is None:
        raise NotFoundError(NO_SITE)
    return site


def find_sites_at(session: Session, origin: str) -> Sequence[Site]:
    """Return the sites whose pages are served from an origin, their origins loaded."""
    query = (
        select(Site)
        .where(Site.origins.any(SiteOrigin.origin == origin))
        .order_by(Site.key)
        .options(selectinload(Site.origins))
    )
    return session.scalars(query).all()


def list_sites(session: Session) -> Sequence[Site]:
    """Return all sites by key, their origins loaded."""
    query = select(Site).order_by(Site.key).options(selectinload(Site.origins))
    return session.scalars(query).all()


def is_own_page(site: Site, url: str) -> bool:
    """Return whether `url` lies on one of the site's origins."""
    return find_origin(url) in {row.origin for row in site.origins}


def _restore(rows: Sequence[Any]) -> Site | None:
    """Return the site of some rows, one for each of its origins, or one without."""
    if not rows:
        return None
    values = rows[0]._asdict()
    site = restore(Site, {name: values[name] for name in _COLUMNS})
    origins = [
        restore(
            SiteOrigin, {"id": row.origin_id, "site_id": row.id, "origin": row.origin}
        )
        for row in rows
        if row.origin_id is not None
    ]
    set_committed_value(site, "origins", origins)
    return site


def _check_name(name: str) -> str:
    shown = " ".join(name.split())
    if not shown:
        raise InvalidInputError({"name": ["Give the site a name."]})
    if len(shown) > LONGEST_NAME or not shown.isprintable():
        raise InvalidInputError(
            {"name": [f"Use up to {LONGEST_NAME} characters that can be seen."]}
        )
    return shown


def _make_origins(origins: Iterable[str]) -> list[SiteOrigin]:
    try:
        unique = dict.fromkeys(parse_origin(origin) for origin in origins)
    except InvalidOriginError as error:
        raise InvalidInputError({"origin": [str(error)]}) from error
    if len(unique) > MOST_ORIGINS:
        raise InvalidInputError(
            {"origin": [f"A site has at most {MOST_ORIGINS} origins."]}
        )
    return [SiteOrigin(origin=origin) for origin in unique]
