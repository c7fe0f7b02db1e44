"""Owns the passkeys of moderators: which there are, and when they were used."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.storage.models import Moderator, Passkey

MOST_PASSKEYS = 20
LONGEST_NAME = 60


def add_passkey(
    session: Session,
    moderator_id: int,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
) -> Passkey:
    """Return a new passkey of a moderator.

    :raises InvalidInputError: if it is known already, or there are too many.
    """
    of_moderator = Passkey.moderator_id == moderator_id
    count = session.scalar(
        select(func.count()).select_from(Passkey).where(of_moderator)
    )
    if (count or 0) >= MOST_PASSKEYS:
        raise InvalidInputError(
            {"passkey": [f"There are {MOST_PASSKEYS} passkeys. Remove one first."]}
        )
    if find_passkey(session, credential_id) is not None:
        raise InvalidInputError({"passkey": ["This passkey is known already."]})
    passkey = Passkey(
        moderator_id=moderator_id,
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        name=_clean(name) or "Passkey",
    )
    session.add(passkey)
    session.flush()
    return passkey


def _clean(name: str) -> str:
    """Return a name as text of one line: what can't be shown is left out."""
    shown = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(shown.split())[:LONGEST_NAME]


def list_passkeys(session: Session, moderator_id: int) -> Sequence[Passkey]:
    """Return the passkeys of a moderator, oldest first."""
    query = select(Passkey).where(Passkey.moderator_id == moderator_id)
    return session.scalars(query.order_by(Passkey.id)).all()


def find_passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """Return the passkey with an id, None if nobody has it."""
    return session.scalar(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    )


def find_keeper(session: Session, passkey: Passkey) -> Moderator | None:
    """Return the moderator whose passkey this is, None if put to rest."""
    moderator = session.get(Moderator, passkey.moderator_id)
    return moderator if moderator is not None and moderator.active else None


def note_use(
    session: Session, passkey: Passkey, *, sign_count: int, at: datetime
) -> None:
    """Note that a passkey was used; its count of signatures shows copies of it."""
    passkey.sign_count = sign_count
    passkey.used_at = at
    session.flush()


def remove_passkey(session: Session, moderator_id: int, passkey_id: int) -> None:
    """Forget a passkey of a moderator.

    :raises NotFoundError: if it is none of that moderator's.
    """
    result = session.execute(
        delete(Passkey).where(
            Passkey.id == passkey_id, Passkey.moderator_id == moderator_id
        )
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise NotFoundError("There is no such passkey. It may be removed already.")
