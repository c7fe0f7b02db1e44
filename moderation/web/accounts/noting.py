"""Owns what of a login is kept in the account's own log, and from where it came."""

import structlog
from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from moderation.domain.networks import find_network
from moderation.services.account_events import note_event, note_wrong_password
from moderation.storage.models import AccountEventKind
from moderation.web.context import get_database

# What the account's page says of each kind.
EVENTS = {
    AccountEventKind.LOGIN: "Logged in",
    AccountEventKind.WRONG_PASSWORD: "Refused: wrong password",
    AccountEventKind.WRONG_CODE: "Refused: wrong code",
    AccountEventKind.LOGOUT: "Logged out",
}

log = structlog.get_logger(__name__)


def keep_event(moderator_id: int, kind: AccountEventKind) -> None:
    """Keep what has just happened to an account."""
    with get_database().write() as work:
        note_event(work, moderator_id, kind, **_find_source())


def keep_wrong_password(response: Response, email: str) -> Response:
    """Keep that a password was wrong, once that was answered.

    So the answer takes as long whether anybody has the address or not.
    """
    database, source = get_database(), _find_source()

    def keep() -> None:
        try:
            with database.write() as work:
                note_wrong_password(work, email, **source)
        except SQLAlchemyError as error:
            log.warning("refused login not kept", cause=type(error).__name__)

    response.call_on_close(keep)
    return response


def _find_source() -> dict[str, str]:
    return {
        "network": find_network(request.remote_addr or ""),
        "user_agent": request.user_agent.string,
    }
