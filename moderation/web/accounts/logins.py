"""Owns the two ends of a login: the session gets a row, and loses it."""

import secrets

from flask import g, request, session
from flask_wtf.csrf import generate_csrf

from moderation.services.sessions import end_session, start_session
from moderation.storage.models import Moderator
from moderation.storage.models.base import now
from moderation.web.accounts.sessions import CSRF_FIELD, PageSession, compute_digest
from moderation.web.context import get_database

ID_BYTES = 32


def start_login(moderator: Moderator) -> None:
    """Give the session a new id and a new CSRF token, and store it.

    Whatever a stranger may have planted in the browser before is worth nothing
    afterwards (ASVS 5.0.0, 7.2.4).
    """
    current = _get_session()
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
            moderator_id=moderator.id,
            data=current,
            user_agent=request.user_agent.string,
            at=now(),
        )
    current.new_id, current.digest = new_id, digest


def end_login() -> None:
    """Forget the session, so that no copy of its cookie logs anybody in."""
    current = _get_session()
    if current.digest is not None:
        with get_database().write() as work:
            end_session(work, current.digest)
    current.digest, current.is_ended = None, True


def _get_session() -> PageSession:
    """Return the session itself, behind Flask's stand-in."""
    current: PageSession = session._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return current
