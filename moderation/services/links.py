"""Owns the links that are good once and for a while: invitations and resets.

A link's token is random and kept as its digest, so that it can be withdrawn, and a
copy of the database opens nothing (ASVS 5.0.0, 6.4.3).
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.roles import Role
from moderation.storage.models import AccountLink, LinkPurpose

TOKEN_BYTES = 32
LIFETIMES = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=2),
}
GONE = (
    "This link has been used or withdrawn, or it is too old, or a piece of it is "
    "missing. Copy it whole, or ask for a new one."
)


def make_link(
    session: Session,
    purpose: LinkPurpose,
    *,
    email: str,
    at: datetime,
    moderator_id: int | None = None,
    site_id: int | None = None,
    role: Role | None = None,
    invited_by_id: int | None = None,
) -> str:
    """Return the token of a new link, and forget all that are too old."""
    session.execute(delete(AccountLink).where(AccountLink.expires_at <= at))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        AccountLink(
            purpose=purpose,
            digest=_compute_digest(token),
            email=email,
            moderator_id=moderator_id,
            site_id=site_id,
            role=role,
            invited_by_id=invited_by_id,
            created_at=at,
            expires_at=at + LIFETIMES[purpose],
        )
    )
    session.flush()
    return token


def find_link(
    session: Session, purpose: LinkPurpose, token: str, *, at: datetime
) -> AccountLink:
    """Return the link of a token.

    :raises NotFoundError: if it is not good, or not any more.
    """
    link = session.scalar(
        select(AccountLink).where(
            AccountLink.digest == _compute_digest(token),
            AccountLink.purpose == purpose,
            AccountLink.expires_at > at,
        )
    )
    if link is None:
        raise NotFoundError(GONE)
    return link


def take_link(
    session: Session, purpose: LinkPurpose, token: str, *, at: datetime
) -> AccountLink:
    """Return the link of a token, and make that it is never found again.

    Of two at once, one gets it.

    :raises NotFoundError: as `find_link`.
    """
    link = find_link(session, purpose, token, at=at)
    session.expunge(link)
    if not drop_link(session, link.id):
        raise NotFoundError(GONE)
    return link


def drop_link(session: Session, link_id: int) -> bool:
    """Forget a link; return whether it was there."""
    result = session.execute(delete(AccountLink).where(AccountLink.id == link_id))
    return isinstance(result, CursorResult) and result.rowcount == 1


def _compute_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
