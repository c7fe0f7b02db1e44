"""Owns the links that mails hold: what each lets its holder do, and for how long.

Nothing is kept about a link: what it is for is in its token, signed. They are made of
BASE_URL alone, whatever a request says of its host.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Action

DAY_SECONDS = 24 * 60 * 60
# A clock that was put back must not refuse what was signed before.
CLOCK_SLACK_SECONDS = 2 * 60 * 60
# Ours have some 130 characters; no time is spent on more.
LONGEST_TOKEN = 500
DAYS = 7
BROKEN = "This link is not whole, or none of ours. Copy it once more from the mail."
TOO_OLD = f"This link is older than {DAYS} days, and good for nothing any more."


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a token is for; one for a purpose can't be taken for another's.

    `lifetime_seconds` is None where it has to work as long as the mail is kept.
    """

    salt: bytes
    lifetime_seconds: int | None = None


ACT = Purpose(salt=b"leave-a-reply act", lifetime_seconds=DAYS * DAY_SECONDS)
STOP = Purpose(salt=b"leave-a-reply stop")
CONFIRM = Purpose(salt=b"leave-a-reply confirm", lifetime_seconds=DAYS * DAY_SECONDS)
UNSUBSCRIBE = Purpose(salt=b"leave-a-reply unsubscribe")


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What a mailed link is for: an action on a comment as it was, by a moderator."""

    comment_id: int
    version: int
    action: Action
    moderator_id: int


class MailLinks:
    """Makes the links of one installation."""

    def __init__(self, base_url: str, keys: Sequence[str]) -> None:
        """Take where it is reached, and its keys, oldest first."""
        self._base_url = base_url
        self._keys = keys

    def act(self, errand: Errand) -> str:
        """Return where a moderator decides on a comment without logging in."""
        parts = (
            errand.comment_id,
            errand.version,
            errand.action.value,
            errand.moderator_id,
        )
        return f"{self._base_url}/m/act/{_sign(self._keys, ACT, *parts)}"

    def stop(self, moderator_id: int, site_id: int) -> str:
        """Return where a moderator ends the mails about a site."""
        token = _sign(self._keys, STOP, moderator_id, site_id)
        return f"{self._base_url}/m/stop/{token}"

    def confirm(self, site_key: str, comment_id: int, language: str) -> str:
        """Return where an author confirms the wish for replies."""
        token = _sign(self._keys, CONFIRM, comment_id)
        return f"{self._base_url}/embed/{site_key}/confirm/{token}?lang={language}"

    def unsubscribe(self, site_key: str, comment_id: int, language: str) -> str:
        """Return where an author ends all mails of a site."""
        token = _sign(self._keys, UNSUBSCRIBE, comment_id)
        return f"{self._base_url}/embed/{site_key}/unsubscribe/{token}?lang={language}"

    def open(self, path: str) -> str:
        """Return the address of a page of ours."""
        return self._base_url + path


def read_errand(keys: Sequence[str], token: str) -> Errand:
    """Return what a link of a mail is for.

    :raises NotFoundError: if it is not good, or not any more.
    """
    comment_id, version, action, moderator_id = _read(keys, ACT, token)
    return Errand(
        comment_id=comment_id,
        version=version,
        action=Action(action),
        moderator_id=moderator_id,
    )


def read_stop(keys: Sequence[str], token: str) -> tuple[int, int]:
    """Return which moderator wants no mails of which site. :raises NotFoundError:."""
    moderator_id, site_id = _read(keys, STOP, token)
    return moderator_id, site_id


def read_subscriber(keys: Sequence[str], purpose: Purpose, token: str) -> int:
    """Return the id of the comment whose author a link is for.

    :raises NotFoundError: if it is not good, or not any more.
    """
    (comment_id,) = _read(keys, purpose, token)
    return int(comment_id)


def _sign(keys: Sequence[str], purpose: Purpose, *parts: int | str) -> str:
    return str(_make_serializer(keys, purpose).dumps(parts))


def _read(keys: Sequence[str], purpose: Purpose, token: str) -> Sequence[Any]:
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise NotFoundError(BROKEN)
    serializer = _make_serializer(keys, purpose)
    try:
        parts, signed_at = serializer.loads(token, return_timestamp=True)
    except BadData as error:
        raise NotFoundError(BROKEN) from error
    signer = cast("TimestampSigner", serializer.make_signer())
    age = signer.get_timestamp() - signed_at.timestamp()
    lifetime = purpose.lifetime_seconds
    if age < -CLOCK_SLACK_SECONDS or (lifetime is not None and age > lifetime):
        raise NotFoundError(TOO_OLD)
    return list(parts)


def _make_serializer(keys: Sequence[str], purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        list(keys),
        salt=purpose.salt,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
