"""Owns the end of what is good for a while: sessions, links, waits, kept answers."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from moderation.services import kept_answers, sessions, throttles
from moderation.services.account_events import forget_events
from moderation.services.subscriptions import forget_subscriptions
from moderation.storage.models import (
    AccountLink,
    KeptAnswer,
    LoginSession,
    LoginThrottle,
    Notice,
)

# A reply that is approved again within this time is not told of again.
NOTICES_KEPT = timedelta(days=30)


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
        delete(Notice).where(Notice.done_at < at - NOTICES_KEPT).returning(Notice.id),
    )
    others = forget_subscriptions(session, at=at) + forget_events(session, at=at)
    return others + sum(
        len(
            session.execute(
                statement.execution_options(synchronize_session=False)
            ).all()
        )
        for statement in over
    )
