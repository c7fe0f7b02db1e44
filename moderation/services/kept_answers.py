"""Owns answers that are kept a day, so that a request sent twice is done once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation.domain.errors import BeingAnsweredError, RepeatedKeyError
from moderation.storage.models import KeptAnswer
from moderation.storage.models.base import now

KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a token asks for under a key of its own making."""

    token_id: int
    key: str
    method: str
    path: str
    body: bytes

    @property
    def fingerprint(self) -> bytes:
        """What tells it from other requests."""
        head = f"{self.method} {self.path}\n".encode()
        return hashlib.sha256(head + self.body).digest()


def reserve_answer(session: Session, request: Request) -> KeptAnswer | None:
    """Return what a request was answered before; None if it is new, noted now.

    :raises RepeatedKeyError: if the key stands for another request.
    :raises BeingAnsweredError: if the same request is being answered right now.
    """
    at = now()
    session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < at - KEPT))
    kept = session.get(KeptAnswer, (request.token_id, request.key))
    if kept is not None:
        if kept.fingerprint != request.fingerprint:
            raise RepeatedKeyError(
                "This Idempotency-Key was used for another request. Use a new one."
            )
        return kept
    session.add(
        KeptAnswer(
            token_id=request.token_id,
            key=request.key,
            fingerprint=request.fingerprint,
            status=0,
            headers={},
            body="",
            created_at=at,
        )
    )
    try:
        # Who comes second waits here until the first is done.
        session.flush()
    except IntegrityError as error:
        raise BeingAnsweredError(
            "This very request is being answered. Send it again to read the answer."
        ) from error
    return None


def keep_answer(
    session: Session,
    request: Request,
    *,
    status: int,
    headers: Mapping[str, str],
    body: str,
) -> None:
    """Keep what a request is answered, in the transaction of what it does."""
    kept = session.get_one(KeptAnswer, (request.token_id, request.key))
    kept.status, kept.headers, kept.body = status, dict(headers), body
    session.flush()
