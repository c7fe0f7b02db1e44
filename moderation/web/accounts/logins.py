"""Owns the ends of a login: the session gets a row, maybe waits, and loses it."""

import secrets
import time
from dataclasses import dataclass

from flask import g, request, session
from flask_wtf.csrf import generate_csrf

from moderation.services.sessions import end_session, start_session
from moderation.storage.models import Moderator
from moderation.storage.models.base import now
from moderation.web.accounts.sessions import CSRF_FIELD, PageSession, compute_digest
from moderation.web.context import get_database

ID_BYTES = 32
PENDING = "pending"
# How long the second step may take, and how long a proof counts as fresh.
PENDING_SECONDS = 600
FRESH_SECONDS = 900
PROVED_AT = "fs_paa"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A login of which the second step is to come, and where it leads then."""

    moderator_id: int
    uniquifier: str
    next: str
    resend: str


def start_login(moderator: Moderator) -> None:
    """Give the session a new id and a new CSRF token, and store it.

    Whatever a stranger may have planted in the browser before is worth nothing
    afterwards (ASVS 5.0.0, 7.2.4).
    """
    current = get_page_session()
    current.pop(PENDING, None)
    _store(current, moderator.id)


def start_pending(moderator: Moderator, *, next_path: str, resend: str) -> None:
    """Note that the password was right, and nobody is logged in yet.

    It is kept in the database, as a login is: a cookie could be copied and kept.
    """
    current = get_page_session()
    current[PENDING] = {
        "moderator_id": moderator.id,
        "uniquifier": moderator.fs_uniquifier,
        "next": next_path,
        "resend": resend,
        "at": time.time(),
    }
    _store(current, None)


def find_pending() -> Pending | None:
    """Return the login that waits for its second step, None if there is none."""
    data = session.get(PENDING)
    if not data or abs(time.time() - data["at"]) > PENDING_SECONDS:
        return None
    return Pending(
        moderator_id=data["moderator_id"],
        uniquifier=data["uniquifier"],
        next=data["next"],
        resend=data["resend"],
    )


def end_login() -> None:
    """Forget the session, so that no copy of its cookie logs anybody in."""
    current = get_page_session()
    if current.digest is not None:
        with get_database().write() as work:
            end_session(work, current.digest)
    current.digest, current.is_ended = None, True


def is_fresh() -> bool:
    """Return whether whoever is logged in has proved a short while ago who they are."""
    proved_at = session.get(PROVED_AT)
    return proved_at is not None and abs(time.time() - proved_at) < FRESH_SECONDS


def note_proof() -> None:
    """Note that whoever is logged in has just proved who they are."""
    session[PROVED_AT] = time.time()


def get_page_session() -> PageSession:
    """Return the session itself, behind Flask's stand-in."""
    current: PageSession = session._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return current


def _store(current: PageSession, moderator_id: int | None) -> None:
    """Store the session under a new id, in place of the one it had."""
    current.pop(CSRF_FIELD, None)
    g.pop(CSRF_FIELD, None)
    generate_csrf()
    new_id = secrets.token_urlsafe(ID_BYTES)
    digest = compute_digest(new_id)
    with get_database().write() as work:
        if current.digest is not None:
            end_session(work, current.digest)
        start_session(
            work,
            digest,
            moderator_id=moderator_id,
            data=current,
            user_agent=request.user_agent.string,
            ip=request.remote_addr or "",
            at=now(),
        )
    current.new_id, current.digest = new_id, digest
