"""Owns the end of what is good for a while: sessions, links, waits, kept answers."""

from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from moderation.services import kept_answers, sessions, throttles
from moderation.storage.models import (
    AccountLink,
    KeptAnswer,
    LoginSession,
    LoginThrottle,
)


def forget_expired(session: Session, *, at: datetime) -> int:
    """Delete all whose time is over; return how many.

    Each goes with the next of its kind, too; this is for where none comes any more.
    """
    over = (
        delete(LoginSession)
        .where(
            or_(
                LoginSession.seen_at <= at - sessions.IDLE,
                LoginSession.created_at <= at - sessions.LIFETIME,
            )
        )
        .returning(LoginSession.digest),
        delete(AccountLink)
        .where(AccountLink.expires_at <= at)
        .returning(AccountLink.id),
        delete(LoginThrottle)
        .where(LoginThrottle.seen_at < at - throttles.MEMORY)
        .returning(LoginThrottle.key),
        delete(KeptAnswer)
        .where(KeptAnswer.created_at < at - kept_answers.KEPT)
        .returning(KeptAnswer.key),
    )
    return sum(
        len(
            session.execute(
                statement.execution_options(synchronize_session=False)
            ).all()
        )
        for statement in over
    )
