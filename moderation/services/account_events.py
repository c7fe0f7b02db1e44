"""Owns the log of accounts: logins, refusals and logouts, kept for some months."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.storage.models import AccountEvent, AccountEventKind, Moderator

KEPT = timedelta(days=90)
SHOWN = 20
LONGEST_USER_AGENT = 500


def note_event(
    session: Session,
    moderator_id: int,
    kind: AccountEventKind,
    *,
    network: str,
    user_agent: str,
) -> None:
    """Keep what happened to an account."""
    session.add(
        AccountEvent(
            moderator_id=moderator_id,
            kind=kind,
            network=network,
            user_agent=user_agent[:LONGEST_USER_AGENT],
        )
    )
    session.flush()


def note_wrong_password(
    session: Session, email: str, *, network: str, user_agent: str
) -> None:
    """Keep that somebody tried a wrong password, if anybody has the address."""
    found = select(Moderator.id).where(Moderator.email == email.strip().lower())
    moderator_id = session.scalar(found)
    if moderator_id is not None:
        kind = AccountEventKind.WRONG_PASSWORD
        note_event(session, moderator_id, kind, network=network, user_agent=user_agent)


def list_events(
    session: Session, moderator_id: int, *, length: int = SHOWN
) -> Sequence[AccountEvent]:
    """Return what happened to an account of late, the newest first."""
    return session.scalars(
        select(AccountEvent)
        .where(AccountEvent.moderator_id == moderator_id)
        .order_by(AccountEvent.id.desc())
        .limit(length)
    ).all()


def forget_events(session: Session, *, at: datetime) -> int:
    """Delete what happened long ago; return how much."""
    gone = session.scalars(
        delete(AccountEvent)
        .where(AccountEvent.created_at < at - KEPT)
        .returning(AccountEvent.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)
