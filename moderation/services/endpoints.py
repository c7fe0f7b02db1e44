"""Owns endpoints: who is told what happens on which sites, and how."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.services.access import ALL_SITES, Actor, require_owner
from moderation.services.delivery_results import end_waiting
from moderation.services.endpoint_keys import (
    OVERLAP,
    add_key,
    replace_keys,
    seal_headers,
    set_public,
)
from moderation.services.endpoint_wishes import (
    Wish,
    check_form,
    check_headers,
    check_types,
    check_url,
)
from moderation.services.sealing import Sealer
from moderation.services.sites import find_site
from moderation.storage.models import Endpoint, EndpointState, SecretKind, Site
from moderation.storage.models.base import now

LONGEST_NAME = 200
DISABLED_BY_OWNER = "Disabled by its owner."
NO_ENDPOINT = "There is no such endpoint, or it is not yours to see."


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
    endpoint.url = check_url(wish.url)
    endpoint.name = (wish.name.strip() or endpoint.url)[:LONGEST_NAME]
    endpoint.is_everywhere = wish.site_keys is None
    endpoint.sites = sites
    endpoint.types = check_types(wish.types)
    endpoint.preset = wish.preset
    endpoint.template = check_form(wish)
    if wish.headers is not None:
        endpoint.headers = seal_headers(check_headers(wish.headers), sealer)
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
