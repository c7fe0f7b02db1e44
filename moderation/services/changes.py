"""Owns the record of changes to sites: who changed what, and when."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from moderation.services.access import Actor, find_visible_site
from moderation.storage.models import Site, SiteChange

CHANGES_SHOWN = 50


def record_change(session: Session, site: Site, actor: Actor, text: str) -> SiteChange:
    """Return the new record of a change, in the transaction that makes it.

    `text` says in words what was changed, as "Added the rule …".
    """
    change = SiteChange(
        site_id=site.id,
        moderator_id=actor.author_id,
        is_by_command=actor.is_operator,
        text=text,
    )
    session.add(change)
    session.flush()
    return change


def list_changes(
    session: Session,
    actor: Actor,
    site_key: str,
    *,
    before: int | None = None,
    length: int = CHANGES_SHOWN,
) -> Sequence[SiteChange]:
    """Return a page of a site's changes, newest first, their moderators loaded.

    `before` is the id of the last change of the page before.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    query = (
        select(SiteChange)
        .where(SiteChange.site_id == site.id)
        .options(joinedload(SiteChange.moderator))
        .order_by(SiteChange.id.desc())
        .limit(length)
    )
    if before is not None:
        query = query.where(SiteChange.id < before)
    return session.scalars(query).all()
