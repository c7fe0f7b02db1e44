"""Owns mails on their way: who may send which, and what came of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from moderation.domain.pace import Pace
from moderation.storage.models import Mail, MailState

LEASE_BYTES = 12
BATCH = 10
# What logs somebody in, or tells what happened, is of no use later.
LIFETIME = timedelta(days=3)
KEPT = timedelta(days=14)
EXPIRED = "It was not sent within three days."


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """What came of sending a mail.

    `error` is "" if it was sent; `next_at` is when to try again, None if it was sent
    or is given up.
    """

    mail: Mail
    error: str = ""
    next_at: datetime | None = None

    @property
    def outcome(self) -> str:
        """What became of the mail: "sent", "retried" or "given up"."""
        if self.next_at is not None:
            return "retried"
        return "given up" if self.error else "sent"


def has_due_mail(session: Session, *, at: datetime) -> bool:
    """Return whether a mail is to be sent."""
    return session.scalar(_find_due(at).limit(1)) is not None


def claim_mails(session: Session, *, at: datetime, pace: Pace) -> Sequence[Mail]:
    """Take mails that are due, in the order they are. Commit before sending any.

    Nobody else sends them until the lease ends. What is too old to be sent is given up.
    """
    _expire(session, at)
    ids = session.scalars(
        _find_due(at).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    taken = session.scalars(
        update(Mail)
        .where(Mail.id.in_(ids), Mail.state == MailState.WAITING, Mail.next_at <= at)
        .values(
            lease=secrets.token_urlsafe(LEASE_BYTES),
            next_at=at + pace.lease,
            attempts=Mail.attempts + 1,
        )
        .returning(Mail)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).all()
    return sorted(taken, key=lambda mail: mail.id)


def release_mails(session: Session, mails: Sequence[Mail], *, at: datetime) -> None:
    """Give back mails that were taken and not tried."""
    for mail in mails:
        session.execute(
            update(Mail)
            .where(Mail.id == mail.id, Mail.lease == mail.lease)
            .values(lease="", next_at=at, attempts=Mail.attempts - 1)
        )


def record_dispatches(
    session: Session, dispatches: Sequence[Dispatch], *, at: datetime
) -> None:
    """Record what came of mails. What is not sent again loses its text.

    A worker whose lease has ended changes nothing: the mail is in other hands.
    """
    for dispatch in dispatches:
        session.execute(
            update(Mail)
            .where(Mail.id == dispatch.mail.id, Mail.lease == dispatch.mail.lease)
            .values(_find_values(dispatch, at))
        )


def forget_mails(session: Session, *, at: datetime) -> int:
    """Delete what was sent or given up long ago; return how many."""
    forgotten = session.scalars(
        delete(Mail)
        .where(Mail.state != MailState.WAITING, Mail.created_at < at - KEPT)
        .returning(Mail.id)
    ).all()
    return len(forgotten)


def _find_values(dispatch: Dispatch, at: datetime) -> dict[str, object]:
    values: dict[str, object] = {"lease": "", "error": dispatch.error}
    if dispatch.next_at is not None:
        return {**values, "next_at": dispatch.next_at}
    is_sent = not dispatch.error
    return {
        **values,
        "state": MailState.SENT if is_sent else MailState.FAILED,
        "sent_at": at if is_sent else None,
        "text": "",
        "html": "",
    }


def _find_due(at: datetime) -> Select[int]:
    return (
        select(Mail.id)
        .where(Mail.state == MailState.WAITING, Mail.next_at <= at)
        .order_by(Mail.next_at, Mail.id)
    )


def _expire(session: Session, at: datetime) -> None:
    session.execute(
        update(Mail)
        .where(
            Mail.state == MailState.WAITING,
            Mail.next_at <= at,
            Mail.created_at <= at - LIFETIME,
        )
        .values(state=MailState.FAILED, error=EXPIRED, lease="", text="", html="")
        .execution_options(synchronize_session=False)
    )
