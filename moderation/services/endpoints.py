"""Owns endpoints: who is told what happens on which sites, and how."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    InvalidURLError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.events import WANTABLE
from moderation.domain.presets import Preset, check_template
from moderation.domain.urls import parse_web_url
from moderation.services.access import ALL_SITES, Actor, require_owner
from moderation.services.delivery_results import end_waiting
from moderation.services.endpoint_keys import (
    OVERLAP,
    add_key,
    list_public_keys,
    replace_keys,
    seal_headers,
    set_public,
)
from moderation.services.sealing import Sealer
from moderation.services.sites import find_site
from moderation.storage.models import Endpoint, EndpointState, SecretKind, Site
from moderation.storage.models.base import now

LONGEST_NAME = 200
MOST_HEADERS = 20
LONGEST_HEADER = 2_000
DISABLED_BY_OWNER = "Disabled by its owner."
NO_ENDPOINT = "There is no such endpoint, or it is not yours to see."

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
# What the client writes itself, and what proves who sends.
_OWN_HEADERS = {
    "accept-encoding", "connection", "content-length", "content-type", "host",
    "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    "webhook-id", "webhook-signature", "webhook-timestamp",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an owner asks of an endpoint.

    `site_keys` None: all sites, those to come included. `types` (): all events.
    `headers` None: those it has. `has_public_key`: what is sent can be verified with a
    public key, too.
    """

    url: str
    name: str = ""
    site_keys: Sequence[str] | None = None
    types: Sequence[str] = ()
    preset: Preset = Preset.STANDARD
    template: str = ""
    headers: Mapping[str, str] | None = None
    is_thin: bool = False
    has_private: bool = False
    has_public_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Added:
    """A new endpoint, and its secret, which is not to be read later."""

    endpoint: Endpoint
    secret: bytes


def add_endpoint(
    session: Session, actor: Actor, wish: Wish, *, sealer: Sealer
) -> Added:
    """Return a new endpoint with a secret of its own.

    Whether its address may be reached is not looked up here: that needs the network.

    :raises InvalidInputError: if something of it can't be.
    :raises NotFoundError: if a site is not the actor's to see.
    :raises NotAllowedError: if the actor is not the owner of all the sites.
    """
    endpoint = Endpoint(state=EndpointState.ACTIVE, version=1)
    _apply(session, actor, endpoint, wish, sealer)
    secret = add_key(endpoint, SecretKind.SHARED, sealer)
    session.add(endpoint)
    session.flush()
    return Added(endpoint=endpoint, secret=secret)


def set_endpoint(
    session: Session,
    actor: Actor,
    endpoint_id: int,
    wish: Wish,
    *,
    version: int,
    sealer: Sealer,
) -> Endpoint:
    """Change an endpoint to what is asked for, and return it.

    :raises ChangedMeanwhileError: if it is not any more at the version the actor saw.
    :raises InvalidInputError: as `add_endpoint`; likewise the others.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    if endpoint.version != version:
        raise ChangedMeanwhileError(
            "Somebody else has changed this endpoint. Look at it again."
        )
    _apply(session, actor, endpoint, wish, sealer)
    endpoint.version += 1
    session.flush()
    return endpoint


def make_wish(endpoint: Endpoint) -> Wish:
    """Return the wish that would leave an endpoint as it is; its headers are kept."""
    return Wish(
        url=endpoint.url,
        name=endpoint.name,
        site_keys=(
            None if endpoint.is_everywhere else [site.key for site in endpoint.sites]
        ),
        types=endpoint.types,
        preset=Preset(endpoint.preset),
        template=endpoint.template,
        is_thin=endpoint.is_thin,
        has_private=endpoint.has_private,
        has_public_key=bool(list_public_keys(endpoint, now())),
    )


def find_endpoint(session: Session, actor: Actor, endpoint_id: int) -> Endpoint:
    """Return an endpoint, its sites and secrets loaded, locked for this transaction.

    :raises NotFoundError: if there is none, or the actor does not own all its sites.
    """
    endpoint = session.scalar(
        select(Endpoint)
        .where(Endpoint.id == endpoint_id)
        .options(selectinload(Endpoint.sites), selectinload(Endpoint.secrets))
        .with_for_update()
    )
    if endpoint is None or not _is_own(actor, endpoint):
        raise NotFoundError(NO_ENDPOINT)
    return endpoint


def list_endpoints(session: Session, actor: Actor) -> Sequence[Endpoint]:
    """Return the endpoints of which the actor owns all sites, their sites loaded."""
    found = session.scalars(
        select(Endpoint)
        .order_by(Endpoint.id)
        .options(selectinload(Endpoint.sites), selectinload(Endpoint.secrets))
    )
    return [endpoint for endpoint in found if _is_own(actor, endpoint)]


def rotate_secret(
    session: Session,
    actor: Actor,
    endpoint_id: int,
    *,
    sealer: Sealer,
    overlap: timedelta = OVERLAP,
) -> bytes:
    """Return a new secret of an endpoint; the old ones go on signing for `overlap`.

    If it has a public key, that is replaced likewise.

    :raises NotFoundError: as `find_endpoint`.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    key = replace_keys(endpoint, sealer=sealer, at=now(), overlap=overlap)
    session.flush()
    return key


def disable_endpoint(
    session: Session,
    actor: Actor,
    endpoint_id: int,
    *,
    reason: str = DISABLED_BY_OWNER,
) -> Endpoint:
    """Tell an endpoint nothing any more; what was on its way is given up.

    :raises NotFoundError: as `find_endpoint`.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    end_waiting(session, endpoint, reason=reason, at=now())
    return endpoint


def enable_endpoint(session: Session, actor: Actor, endpoint_id: int) -> Endpoint:
    """Tell a disabled endpoint of events again, from now on.

    :raises NotFoundError: as `find_endpoint`.
    """
    endpoint = find_endpoint(session, actor, endpoint_id)
    endpoint.state = EndpointState.ACTIVE
    endpoint.reason = ""
    endpoint.failing_since = None
    session.flush()
    return endpoint


def _apply(
    session: Session, actor: Actor, endpoint: Endpoint, wish: Wish, sealer: Sealer
) -> None:
    sites = _find_own_sites(session, actor, wish.site_keys)
    endpoint.url = _check_url(wish.url)
    endpoint.name = (wish.name.strip() or endpoint.url)[:LONGEST_NAME]
    endpoint.is_everywhere = wish.site_keys is None
    endpoint.sites = sites
    endpoint.types = _check_types(wish.types)
    endpoint.preset = wish.preset
    endpoint.template = _check_form(wish)
    if wish.headers is not None:
        endpoint.headers = seal_headers(_check_headers(wish.headers), sealer)
        endpoint.has_sealed_headers = True
    endpoint.is_thin = wish.is_thin
    endpoint.has_private = wish.has_private
    set_public(endpoint, sealer, is_wanted=wish.has_public_key)


def _find_own_sites(
    session: Session, actor: Actor, keys: Sequence[str] | None
) -> list[Site]:
    if keys is None:
        require_owner(actor, ALL_SITES)
        return []
    if not keys:
        raise InvalidInputError({"sites": ["Choose at least one site."]})
    sites = [find_site(session, key) for key in dict.fromkeys(keys)]
    for site in sites:
        require_owner(actor, site.id)
    return sites


def _is_own(actor: Actor, endpoint: Endpoint) -> bool:
    wanted: Iterable[int | None] = (
        [ALL_SITES] if endpoint.is_everywhere else [site.id for site in endpoint.sites]
    )
    try:
        for site_id in wanted or [ALL_SITES]:
            require_owner(actor, site_id)
    except (NotFoundError, NotAllowedError):
        return False
    return True


def _check_url(text: str) -> str:
    if "://" not in text:
        problem = "Give the whole address, with http:// or https://."
        raise InvalidInputError({"url": [problem]})
    try:
        return parse_web_url(text)
    except InvalidURLError as error:
        raise InvalidInputError({"url": [str(error)]}) from error


def _check_types(types: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(types))
    unknown = [name for name in wanted if name not in set(WANTABLE)]
    if unknown:
        known = ", ".join(WANTABLE)
        problem = f"{', '.join(unknown)}: no such event. There are {known}."
        raise InvalidInputError({"types": [problem]})
    return wanted


def _check_form(wish: Wish) -> str:
    if wish.preset is not Preset.TEMPLATE:
        return ""
    if not wish.template.strip():
        raise InvalidInputError({"template": ["Write the JSON that is to be sent."]})
    return check_template(wish.template)


def _check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    problems = [
        f"{name!r} can't be set."
        for name, value in headers.items()
        if not _HEADER_NAME.fullmatch(name)
        or name.lower() in _OWN_HEADERS
        or not _HEADER_VALUE.fullmatch(value)
        or len(value) > LONGEST_HEADER
    ]
    if len(headers) > MOST_HEADERS:
        problems.append(f"Use at most {MOST_HEADERS} headers.")
    if problems:
        raise InvalidInputError({"headers": problems})
    return dict(headers)
