"""Owns invitations: somebody is asked in for a role, and comes or not."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from moderation.domain.errors import ModerationError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.access import Actor, load_actor, require_owner
from moderation.services.links import (
    GONE,
    drop_link,
    find_link,
    make_link,
    take_link,
)
from moderation.services.moderators import (
    find_moderator,
    give_role,
    make_moderator,
    normalise_address,
    set_name,
    set_password,
)
from moderation.services.sites import find_site
from moderation.storage.models import AccountLink, LinkPurpose, Moderator


def invite(
    session: Session,
    actor: Actor | None,
    *,
    email: str,
    role: Role,
    site_key: str | None,
    at: datetime,
) -> tuple[str, AccountLink]:
    """Return the token of a new invitation, and the invitation.

    Without `site_key` it is for all sites. It takes the place of an earlier one of
    that address there. `actor` is None for whoever runs the command.

    :raises InvalidInputError: if the address is none.
    :raises NotFoundError, NotAllowedError: as `find_site` and `require_owner`.
    """
    site_id = find_site(session, site_key).id if site_key is not None else None
    if actor is not None:
        require_owner(actor, site_id)
    address = normalise_address(email)
    for link in session.scalars(_select_invitations(address, site_id)).all():
        drop_link(session, link.id)
    token = make_link(
        session,
        LinkPurpose.INVITATION,
        email=address,
        role=role,
        site_id=site_id,
        invited_by_id=actor.moderator_id if actor is not None else None,
        at=at,
    )
    return token, find_link(session, LinkPurpose.INVITATION, token, at=at)


def withdraw_invitation(session: Session, actor: Actor, link_id: int) -> None:
    """Make that an invitation is good no more.

    :raises NotFoundError, NotAllowedError: as `require_owner`, or if there is none.
    """
    link = session.get(AccountLink, link_id)
    if link is None or link.purpose is not LinkPurpose.INVITATION:
        raise NotFoundError("There is no such invitation. It may have been accepted.")
    require_owner(actor, link.site_id)
    drop_link(session, link_id)


def find_invitation(session: Session, token: str, *, at: datetime) -> AccountLink:
    """Return the invitation of a token.

    :raises NotFoundError: if it is good no more, or whoever sent it may not any more.
    """
    link = find_link(session, LinkPurpose.INVITATION, token, at=at)
    _require_inviter(session, link)
    return link


def has_account(session: Session, email: str) -> bool:
    """Return whether somebody logs in with this address already."""
    moderator = find_moderator(session, email)
    return moderator is not None and moderator.active


def accept_invitation(
    session: Session, token: str, *, name: str, password_hash: str, at: datetime
) -> Moderator:
    """Return the moderator who was invited, with the role given.

    Name and password are those of a new account; one that is there keeps its own:
    whoever holds the link need not be its owner.

    :raises NotFoundError: as `find_invitation`.
    :raises InvalidInputError: if the name is empty or too long.
    """
    _require_inviter(session, find_invitation(session, token, at=at))
    link = take_link(session, LinkPurpose.INVITATION, token, at=at)
    moderator = find_moderator(session, link.email)
    if moderator is None:
        moderator = make_moderator(session, link.email)
    if not moderator.active or moderator.password is None:
        set_name(moderator, name)
        set_password(session, moderator, password_hash)
        moderator.active = True
    if link.role is not None:
        give_role(moderator, link.site_id, link.role)
    session.flush()
    return moderator


def _require_inviter(session: Session, link: AccountLink) -> None:
    """Refuse an invitation of somebody who is no owner any more."""
    if link.invited_by_id is None:
        return
    try:
        require_owner(load_actor(session, link.invited_by_id), link.site_id)
    except ModerationError as error:
        raise NotFoundError(GONE) from error


def _select_invitations(email: str, site_id: int | None) -> Select[AccountLink]:
    return select(AccountLink).where(
        AccountLink.purpose == LinkPurpose.INVITATION,
        AccountLink.email == email,
        AccountLink.site_id == site_id,
    )
