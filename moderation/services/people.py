"""Owns who has which role where, as owners see and change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.access import ALL_SITES, Actor, require_owner
from moderation.services.sessions import end_sessions
from moderation.storage.models import (
    AccountLink,
    LinkPurpose,
    Membership,
    Moderator,
    Site,
)

LAST_OWNER = (
    "Somebody has to own this. Make somebody else an owner first, then change this."
)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """The people of one site (None: of all sites), and who is invited to it."""

    site: Site | None
    members: Sequence[Membership]
    invitations: Sequence[AccountLink]


def list_circles(session: Session, actor: Actor) -> Sequence[Circle]:
    """Return the circles an actor may manage: all sites first, then each by key."""
    sites: list[Site | None] = [
        site
        for site in session.scalars(select(Site).order_by(Site.key))
        if actor.is_owner(site.id)
    ]
    if actor.is_owner(ALL_SITES):
        sites.insert(0, None)
    members, invitations = _load_members(session), _load_invitations(session)
    return [
        Circle(
            site=site,
            members=[row for row in members if row.site_id == _find_id(site)],
            invitations=[row for row in invitations if row.site_id == _find_id(site)],
        )
        for site in sites
    ]


def change_role(
    session: Session,
    actor: Actor | None,
    moderator_id: int,
    *,
    site_id: int | None,
    role: Role,
) -> Membership:
    """Give somebody who has a role on a site (None: on all) another one there.

    `actor` is None for whoever runs the command.

    :raises NotFoundError, NotAllowedError: as `require_owner`.
    :raises NotFoundError: if that moderator has no role there.
    :raises InvalidInputError: if nobody would own what is owned now.
    """
    membership = _find_membership(session, actor, moderator_id, site_id)
    owned = _list_owned(session)
    membership.role = role
    session.flush()
    _require_still_owned(session, owned)
    return membership


def remove_member(
    session: Session, actor: Actor | None, moderator_id: int, *, site_id: int | None
) -> Moderator:
    """Take a role away. Who has none left can't log in any more; decisions stay.

    :raises NotFoundError, NotAllowedError, InvalidInputError: as `change_role`.
    """
    membership = _find_membership(session, actor, moderator_id, site_id)
    owned = _list_owned(session)
    moderator = membership.moderator
    moderator.memberships.remove(membership)
    if not moderator.memberships:
        moderator.active = False
        end_sessions(session, moderator.id)
    session.flush()
    _require_still_owned(session, owned)
    return moderator


def _find_membership(
    session: Session, actor: Actor | None, moderator_id: int, site_id: int | None
) -> Membership:
    if actor is not None:
        require_owner(actor, site_id)
    membership = session.scalar(
        select(Membership).where(
            Membership.moderator_id == moderator_id, Membership.site_id == site_id
        )
    )
    if membership is None:
        raise NotFoundError("This person has no role there, or not any more.")
    return membership


def _list_owned(session: Session) -> set[int | None]:
    """Return which sites somebody active owns, None among them if all are owned.

    The memberships stay locked: of two owners who demote each other at once, one is
    refused.
    """
    rows = session.execute(
        select(Membership.moderator_id, Membership.site_id, Membership.role)
        .join(Moderator)
        .where(Moderator.active)
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    ).all()
    roles: dict[int, dict[int | None, Role]] = {}
    for moderator_id, site_id, role in rows:
        roles.setdefault(moderator_id, {})[site_id] = role
    sites: list[int | None] = [ALL_SITES, *session.scalars(select(Site.id))]
    return {site for site in sites if any(_owns(held, site) for held in roles.values())}


def _owns(held: Mapping[int | None, Role], site_id: int | None) -> bool:
    role = held.get(site_id) or held.get(ALL_SITES)
    return role is not None and role.may_manage


def _require_still_owned(session: Session, before: set[int | None]) -> None:
    if before - _list_owned(session):
        raise InvalidInputError({"role": [LAST_OWNER]})


def _load_members(session: Session) -> Sequence[Membership]:
    query = (
        select(Membership)
        .join(Membership.moderator)
        .where(Moderator.active)
        .options(joinedload(Membership.moderator))
        .order_by(Moderator.email)
    )
    return session.scalars(query).all()


def _load_invitations(session: Session) -> Sequence[AccountLink]:
    query = (
        select(AccountLink)
        .where(AccountLink.purpose == LinkPurpose.INVITATION)
        .options(joinedload(AccountLink.invited_by))
        .order_by(AccountLink.email, AccountLink.id)
    )
    return session.scalars(query).all()


def _find_id(site: Site | None) -> int | None:
    return None if site is None else site.id
