"""Owns in whose name a command decides."""

from sqlalchemy.orm import Session

from moderation.services.access import Actor, load_actor
from moderation.services.moderators import get_moderator


def find_actor(session: Session, email: str) -> Actor:
    """Return the moderator with this address.

    :raises NotFoundError: if there is none.
    """
    return load_actor(session, get_moderator(session, email).id)
