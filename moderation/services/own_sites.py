"""Owns which sites somebody may act on as their owner."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotAllowedError
from moderation.services.access import Actor, find_visible_site, require_owner
from moderation.storage.models import Site

NONE_OWNED = "This is for owners alone. Ask one of them to do it."


def list_own_sites(
    session: Session, actor: Actor, site_key: str | None = None
) -> Sequence[Site]:
    """Return the one site asked for, or all that the actor owns, by key.

    :raises NotFoundError: if that site is not the actor's to see.
    :raises NotAllowedError: if the actor does not own it, or owns none.
    """
    if site_key is not None:
        site = find_visible_site(session, actor, site_key)
        require_owner(actor, site.id)
        return [site]
    if not actor.owns_any:
        raise NotAllowedError(NONE_OWNED)
    sites = session.scalars(select(Site).order_by(Site.key)).all()
    return [site for site in sites if actor.is_owner(site.id)]
