"""Owns who may see and do what: every service that acts for somebody asks here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation.domain.errors import NotAllowedError, NotFoundError
from moderation.domain.roles import Role
from moderation.storage.models import Membership, Moderator, Site

ALL_SITES = None
OPERATOR_ID = 0
PROGRAM_ID = -1
# What the record of a decision says of the way it came. Programs have their names
# there, so that none may have one of these.
BY_MAIL = "mail"
BY_OPINION = "outside opinion"
OWN_AGENTS = frozenset({BY_MAIL, BY_OPINION})
NO_SITE = "There is no such site, or it is not yours to see."


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks: the role by site id, under None the one everywhere.

    `agent` is the name of its token if this is a program, "" for people.
    `sees_contacts` is whether it is shown e-mail and IP addresses, None if its role on
    each site says so.
    """

    moderator_id: int
    email: str
    roles: Mapping[int | None, Role]
    name: str | None = None
    agent: str = ""
    sees_contacts: bool | None = None

    def find_role(self, site_id: int) -> Role | None:
        """Return the role on a site (its own before the general), None for none."""
        return self.roles.get(site_id) or self.roles.get(ALL_SITES)

    @property
    def owns_any(self) -> bool:
        """Whether there is a site of which this actor is the owner."""
        return any(role.may_manage for role in self.roles.values())

    def is_owner(self, site_id: int | None) -> bool:
        """Return whether a site (None: the whole installation) is this actor's."""
        role = self.roles.get(ALL_SITES) if site_id is None else self.find_role(site_id)
        return role is not None and role.may_manage

    def may_see_contacts(self, site_id: int) -> bool:
        """Return whether this actor is shown visitors' e-mail and IP addresses."""
        role = self.find_role(site_id)
        if role is None or self.sees_contacts is None:
            return role is not None and role.may_see_contacts
        return self.sees_contacts

    @property
    def author_id(self) -> int | None:
        """The id under which this actor's doings are kept, None if not a moderator."""
        is_person = self.moderator_id not in {OPERATOR_ID, PROGRAM_ID}
        return self.moderator_id if is_person else None

    @property
    def is_operator(self) -> bool:
        """Whether this is whoever runs the service, by command: no moderator."""
        return self.moderator_id == OPERATOR_ID

    def limit_sites(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition that `column` is a site this actor may see."""
        if ALL_SITES in self.roles:
            return true()
        return column.in_([site for site in self.roles if site is not None])


OPERATOR = Actor(
    moderator_id=OPERATOR_ID,
    email="",
    roles=MappingProxyType({ALL_SITES: Role.OWNER}),
)


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
        name=moderator.name,
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


def find_visible_site(session: Session, actor: Actor, key: str) -> Site:
    """Return the site of a key.

    :raises NotFoundError: if there is none, or it is not the actor's to see.
    """
    site = session.scalar(select(Site).where(Site.key == key))
    if site is None or actor.find_role(site.id) is None:
        raise NotFoundError(NO_SITE)
    return site


def list_visible_sites(session: Session, actor: Actor) -> Sequence[Site]:
    """Return the sites that the actor may see, by name."""
    query = select(Site).where(actor.limit_sites(Site.id)).order_by(Site.name, Site.key)
    return session.scalars(query).all()


def lock_own_site(session: Session, actor: Actor, key: str) -> Site:
    """Return a site whose settings the actor may change, locked for this transaction.

    :raises NotFoundError: if there is none, or it is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    """
    site = session.scalar(
        select(Site)
        .where(Site.key == key)
        # Comments that arrive meanwhile need not wait: the key stays.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if site is None:
        raise NotFoundError(NO_SITE)
    require_owner(actor, site.id)
    return site


def require_owner(actor: Actor, site_id: int | None) -> None:
    """Refuse an actor who does not own a site (None: all of them).

    :raises NotFoundError: if the actor may not even see it.
    :raises NotAllowedError: if the actor has a lesser role there.
    """
    if actor.is_owner(site_id):
        return
    if site_id is not None and actor.find_role(site_id) is None:
        raise NotFoundError("There is no such site, or it is not yours to see.")
    raise NotAllowedError(
        "This is for owners alone. Ask one of them to do it, or for the role of owner."
    )
