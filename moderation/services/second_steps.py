"""Owns the second step of a login: codes of an app, and those for when it is lost."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.one_time_codes import find_step
from moderation.services.sealing import Sealer
from moderation.storage.models import Moderator, RecoveryCode

CODES = 10
# 120 bits: 24 letters and digits, in groups that can be read out.
CODE_BYTES = 15
GROUP = 6
WRONG_CODE = (
    "This is not the code the app shows now. Wait for the next one and type it."
)


def turn_on_app(
    session: Session,
    moderator_id: int,
    *,
    secret: str,
    code: str,
    sealer: Sealer,
    at: datetime,
) -> Sequence[str]:
    """Ask for the codes of an app from now on; return recovery codes.

    :raises InvalidInputError: if `code` is not what the app should show for `secret`.
    """
    moderator = _lock(session, moderator_id)
    step = find_step(secret, code, at=at.timestamp(), after=None)
    if step is None:
        raise InvalidInputError({"code": [WRONG_CODE]})
    moderator.totp_secret = sealer.seal(secret)
    moderator.totp_step = step
    return make_recovery_codes(session, moderator_id)


def turn_off_app(session: Session, moderator_id: int) -> None:
    """Ask for a password alone again; recovery codes are worth nothing then."""
    moderator = _lock(session, moderator_id)
    moderator.totp_secret = moderator.totp_step = None
    _drop_codes(session, moderator_id)


def pass_second_step(
    session: Session, moderator_id: int, code: str, *, sealer: Sealer, at: datetime
) -> bool:
    """Return whether `code` is the app's, or a recovery code; neither is good twice."""
    moderator = _lock(session, moderator_id)
    if moderator.totp_secret is None:
        return False
    step = _find_step(moderator, code, sealer=sealer, at=at)
    if step is not None:
        moderator.totp_step = step
        session.flush()
        return True
    return _use_recovery_code(session, moderator_id, code)


def make_recovery_codes(session: Session, moderator_id: int) -> Sequence[str]:
    """Return new codes, each good once, in place of all there were."""
    _drop_codes(session, moderator_id)
    codes = [_make_code() for _ in range(CODES)]
    session.add_all(
        RecoveryCode(moderator_id=moderator_id, digest=_compute_digest(code))
        for code in codes
    )
    session.flush()
    return codes


def count_recovery_codes(session: Session, moderator_id: int) -> int:
    """Return how many are left."""
    query = select(func.count()).where(RecoveryCode.moderator_id == moderator_id)
    return session.scalar(query.select_from(RecoveryCode)) or 0


def _find_step(
    moderator: Moderator, code: str, *, sealer: Sealer, at: datetime
) -> int | None:
    """Return the step of a code, None if it is no code of the moderator's app.

    Nor is one whose secret can't be read since the key was replaced: a recovery code
    still does.
    """
    try:
        secret = sealer.unseal(moderator.totp_secret or "")
    except InvalidToken:
        return None
    return find_step(secret, code, at=at.timestamp(), after=moderator.totp_step)


def _use_recovery_code(session: Session, moderator_id: int, code: str) -> bool:
    result = session.execute(
        delete(RecoveryCode).where(
            RecoveryCode.moderator_id == moderator_id,
            RecoveryCode.digest == _compute_digest(code),
        )
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _drop_codes(session: Session, moderator_id: int) -> None:
    session.execute(
        delete(RecoveryCode).where(RecoveryCode.moderator_id == moderator_id)
    )


def _make_code() -> str:
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode("ascii").lower()
    return "-".join(text[i : i + GROUP] for i in range(0, len(text), GROUP))


def _compute_digest(code: str) -> bytes:
    """Return the digest of a code, however it was typed."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()


def _lock(session: Session, moderator_id: int) -> Moderator:
    """Return the moderator; of two that use one code at once, the second is refused."""
    moderator = session.get(
        Moderator, moderator_id, with_for_update=True, populate_existing=True
    )
    if moderator is None:
        raise NotFoundError("There is no such moderator. Log in again.")
    return moderator
