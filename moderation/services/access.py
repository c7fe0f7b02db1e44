"""Owns who may see and do what: every service that acts for somebody asks here."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation.domain.errors import NotAllowedError, NotFoundError
from moderation.domain.roles import Role
from moderation.storage.models import Membership, Moderator

ALL_SITES = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who is logged in: the role by site id, under None the one everywhere."""

    moderator_id: int
    email: str
    roles: Mapping[int | None, Role]

    def find_role(self, site_id: int) -> Role | None:
        """Return the role on a site (its own before the general), None for none."""
        return self.roles.get(site_id) or self.roles.get(ALL_SITES)

    def limit_sites(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition that `column` is a site this actor may see."""
        if ALL_SITES in self.roles:
            return true()
        return column.in_([site for site in self.roles if site is not None])


def load_actor(session: Session, moderator_id: int) -> Actor:
    """Return the actor a moderator is.

    :raises NotFoundError: if there is no such moderator, or not any more.
    """
    moderator = session.get(Moderator, moderator_id)
    if moderator is None or not moderator.active:
        raise NotFoundError("There is no such moderator. Log in again.")
    memberships = session.scalars(
        select(Membership).where(Membership.moderator_id == moderator_id)
    )
    return Actor(
        moderator_id=moderator_id,
        email=moderator.email,
        roles={row.site_id: row.role for row in memberships},
    )


def require_decider(actor: Actor, site_id: int) -> None:
    """Refuse an actor who may not decide on a site.

    :raises NotFoundError: if the actor may not even see it.
    :raises NotAllowedError: if the actor may see it only.
    """
    role = actor.find_role(site_id)
    if role is None:
        raise NotFoundError("There is no such comment, or it is not yours to see.")
    if not role.may_decide:
        raise NotAllowedError(
            "You may read this site's comments, not decide on them. "
            "Ask its owner for the role of moderator."
        )
