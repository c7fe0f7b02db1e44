"""Owns the accounts of moderators: address, name, password, and roles given."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.links import make_link, take_link
from moderation.services.sessions import end_sessions
from moderation.services.sites import find_site
from moderation.storage.models import AccountLink, LinkPurpose, Membership, Moderator

UNIQUIFIER_BYTES = 32
LONGEST_NAME = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


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
    address = normalise_address(email)
    site_id = find_site(session, site_key).id if site_key is not None else None
    moderator = find_moderator(session, address) or make_moderator(session, address)
    moderator.active = True
    if password_hash is not None:
        set_password(session, moderator, password_hash)
    give_role(moderator, site_id, role)
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


def find_moderator(session: Session, email: str) -> Moderator | None:
    """Return the moderator of an address (normalised), None if there is none."""
    return session.scalar(select(Moderator).where(Moderator.email == email))


def get_moderator(session: Session, email: str) -> Moderator:
    """Return the moderator of an address, however written.

    :raises InvalidInputError: if the address is none.
    :raises NotFoundError: if nobody has it.
    """
    moderator = find_moderator(session, normalise_address(email))
    if moderator is None:
        raise NotFoundError("There is no moderator with this address.")
    return moderator


def make_moderator(session: Session, email: str) -> Moderator:
    """Return a new moderator, without password and roles."""
    moderator = Moderator(email=email, fs_uniquifier=_make_uniquifier())
    session.add(moderator)
    session.flush()
    return moderator


def give_role(moderator: Moderator, site_id: int | None, role: Role) -> None:
    """Give a role on a site (None: on all), in place of the one held there."""
    for membership in moderator.memberships:
        if membership.site_id == site_id:
            membership.role = role
            return
    moderator.memberships.append(Membership(site_id=site_id, role=role))


def set_name(moderator: Moderator, name: str) -> None:
    """Set what replies are signed with.

    :raises InvalidInputError: if it is empty, too long or no text.
    """
    clean = " ".join(name.split())
    if not clean:
        raise InvalidInputError({"name": ["Say what to call you."]})
    if len(clean) > LONGEST_NAME or _CONTROL.search(clean):
        raise InvalidInputError(
            {"name": [f"Use at most {LONGEST_NAME} letters, and no control signs."]}
        )
    moderator.name = clean


def set_password(session: Session, moderator: Moderator, password_hash: str) -> None:
    """Set a password; all sessions end, and no link to set another is good any more."""
    moderator.password = password_hash
    moderator.fs_uniquifier = _make_uniquifier()
    end_sessions(session, moderator.id)
    session.execute(
        delete(AccountLink).where(
            AccountLink.purpose == LinkPurpose.RESET,
            AccountLink.moderator_id == moderator.id,
        )
    )
    session.flush()


def make_reset_link(session: Session, moderator: Moderator, *, at: datetime) -> str:
    """Return the token of a link to set a new password with."""
    return make_link(
        session,
        LinkPurpose.RESET,
        email=moderator.email,
        moderator_id=moderator.id,
        at=at,
    )


def reset_password(
    session: Session, token: str, password_hash: str, *, at: datetime
) -> Moderator:
    """Set the password of the moderator whose link this is, and return that one.

    :raises NotFoundError: if the link is not good, or not any more.
    """
    link = take_link(session, LinkPurpose.RESET, token, at=at)
    moderator = session.get(Moderator, link.moderator_id)
    if moderator is None or not moderator.active:
        raise NotFoundError("This account is closed. Ask an owner to invite you again.")
    set_password(session, moderator, password_hash)
    return moderator


def normalise_address(email: str) -> str:
    """Return an address as it is kept.

    :raises InvalidInputError: if it is none.
    """
    try:
        found = validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidInputError({"email": [str(error)]}) from error
    return found.normalized.lower()


def _make_uniquifier() -> str:
    return secrets.token_hex(UNIQUIFIER_BYTES)
