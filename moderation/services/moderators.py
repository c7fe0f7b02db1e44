"""Owns the moderators and the roles they have on sites."""

import secrets
from collections.abc import Sequence

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from moderation.domain.errors import InvalidInputError
from moderation.domain.roles import Role
from moderation.services.sites import find_site
from moderation.storage.models import Membership, Moderator

UNIQUIFIER_BYTES = 32


def add_moderator(
    session: Session,
    *,
    email: str,
    password_hash: str | None = None,
    role: Role = Role.MODERATOR,
    site_key: str | None = None,
) -> Moderator:
    """Return the moderator of an address, made if new, with a role given.

    `password_hash` replaces what was there and ends all sessions; None leaves both.
    Without `site_key` the role is for all sites. A role already held there is replaced.

    :raises InvalidInputError: if the address is none.
    :raises NotFoundError: if there is no such site.
    """
    address = _normalise(email)
    site_id = find_site(session, site_key).id if site_key is not None else None
    moderator = session.scalar(select(Moderator).where(Moderator.email == address))
    if moderator is None:
        moderator = Moderator(email=address, fs_uniquifier=_make_uniquifier())
        session.add(moderator)
    if password_hash is not None:
        moderator.password = password_hash
        moderator.fs_uniquifier = _make_uniquifier()
    _give_role(moderator, site_id, role)
    session.flush()
    return moderator


def list_moderators(session: Session) -> Sequence[Moderator]:
    """Return all moderators by address, their roles and the sites of these loaded."""
    query = (
        select(Moderator)
        .order_by(Moderator.email)
        .options(selectinload(Moderator.memberships).joinedload(Membership.site))
    )
    return session.scalars(query).all()


def _make_uniquifier() -> str:
    return secrets.token_hex(UNIQUIFIER_BYTES)


def _normalise(email: str) -> str:
    try:
        found = validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidInputError({"email": [str(error)]}) from error
    return found.normalized.lower()


def _give_role(moderator: Moderator, site_id: int | None, role: Role) -> None:
    for membership in moderator.memberships:
        if membership.site_id == site_id:
            membership.role = role
            return
    moderator.memberships.append(Membership(site_id=site_id, role=role))
