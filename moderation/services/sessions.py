"""Owns the sessions of logged-in moderators: how they begin, last and end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from moderation.storage.models import LoginSession

# ASVS 5.0.0, 7.3.1 and 7.3.2: both ends are fixed here, not left to the browser.
IDLE = timedelta(hours=24)
LIFETIME = timedelta(days=14)
# How stale `seen_at` may be: reading a page seldom costs a write.
SEEN_STEP = timedelta(minutes=5)
LONGEST_USER_AGENT = 500


@dataclass(frozen=True, kw_only=True)
class StoredSession:
    """A session that is alive: what it holds, and whether to note that it was seen."""

    data: Mapping[str, Any]
    is_seen_long_ago: bool


def find_session(
    session: Session, digest: bytes, *, at: datetime
) -> StoredSession | None:
    """Return the session of a digest, None if there is none or its time is over."""
    row = session.execute(
        select(LoginSession.data, LoginSession.seen_at).where(
            LoginSession.digest == digest,
            LoginSession.seen_at > at - IDLE,
            LoginSession.created_at > at - LIFETIME,
        )
    ).one_or_none()
    if row is None:
        return None
    return StoredSession(data=row.data, is_seen_long_ago=row.seen_at < at - SEEN_STEP)


def start_session(
    session: Session,
    digest: bytes,
    *,
    moderator_id: int | None,
    data: Mapping[str, Any],
    user_agent: str,
    at: datetime,
    ip: str = "",
) -> None:
    """Store a new session, and forget all whose time is over.

    `moderator_id` is None between the password and the second step.
    """
    session.execute(
        delete(LoginSession).where(
            or_(
                LoginSession.seen_at <= at - IDLE,
                LoginSession.created_at <= at - LIFETIME,
            )
        )
    )
    session.add(
        LoginSession(
            digest=digest,
            moderator_id=moderator_id,
            data=dict(data),
            user_agent=user_agent[:LONGEST_USER_AGENT],
            ip=ip,
            created_at=at,
            seen_at=at,
        )
    )
    session.flush()


def update_session(
    session: Session, digest: bytes, *, data: Mapping[str, Any], at: datetime
) -> None:
    """Keep what a session holds now, and that it was seen. One that ended stays so."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.digest == digest)
        .values(data=dict(data), seen_at=at)
    )


def end_session(session: Session, digest: bytes) -> None:
    """Forget a session, so that no copy of its cookie is worth anything."""
    session.execute(delete(LoginSession).where(LoginSession.digest == digest))


def list_sessions(
    session: Session, moderator_id: int, *, at: datetime
) -> Sequence[LoginSession]:
    """Return the sessions of a moderator that are alive, the latest used first."""
    query = (
        select(LoginSession)
        .where(
            LoginSession.moderator_id == moderator_id,
            LoginSession.seen_at > at - IDLE,
            LoginSession.created_at > at - LIFETIME,
        )
        .order_by(LoginSession.seen_at.desc(), LoginSession.digest)
    )
    return session.scalars(query).all()


def end_sessions(
    session: Session, moderator_id: int, *, but: bytes | None = None
) -> None:
    """Forget all sessions of a moderator; `but` is the digest of one to keep."""
    ended = delete(LoginSession).where(LoginSession.moderator_id == moderator_id)
    if but is not None:
        ended = ended.where(LoginSession.digest != but)
    session.execute(ended)


def end_own_session(session: Session, moderator_id: int, digest: bytes) -> None:
    """Forget one session, if it is that moderator's."""
    session.execute(
        delete(LoginSession).where(
            LoginSession.digest == digest, LoginSession.moderator_id == moderator_id
        )
    )
