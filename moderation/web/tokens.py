"""Owns finding out what a token allows, wherever in a request it came."""

from moderation.services.tokens import Grant, note_use, read_token
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work


def find_grant(secret: str) -> Grant | None:
    """Return what a token allows, None if it is none; and note that it was used."""
    at = now()
    with reading() as session:
        grant = read_token(session, secret, at=at)
    if grant is not None and grant.is_use_due:
        with unit_of_work() as session:
            note_use(session, grant.token_id, at=at)
    return grant
