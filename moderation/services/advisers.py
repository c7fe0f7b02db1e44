"""Owns whom a site asks for an outside opinion: set by its owner, off by default."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    InvalidURLError,
    NotFoundError,
)
from moderation.domain.urls import parse_web_url
from moderation.services.access import (
    Actor,
    find_visible_site,
    lock_own_site,
    require_owner,
)
from moderation.services.changes import record_change
from moderation.services.endpoint_keys import OVERLAP
from moderation.services.sealing import Sealer
from moderation.storage.models import Adviser, Site
from moderation.storage.models.base import now

SECRET_PREFIX = "whsec_"  # noqa: S105 not a secret, but how one begins
KEY_BYTES = 32
LONGEST_URL = 2_000
NONE_SET = "This site asks nobody outside. Give the address of a classifier first."


@dataclass(frozen=True, kw_only=True)
class AdviserWish:
    """What an owner wants: `sends_email` tells the author's address, too."""

    url: str
    is_on: bool = True
    sends_email: bool = False


def find_adviser(session: Session, actor: Actor, site_key: str) -> Adviser | None:
    """Return whom a site asks, None if nobody was ever set.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner: addresses may have secrets.
    """
    site = find_visible_site(session, actor, site_key)
    require_owner(actor, site.id)
    return session.get(Adviser, site.id)


def list_asked(session: Session) -> Mapping[str, Adviser]:
    """Return by the site's key who is asked now, for whoever runs the service."""
    rows = session.execute(
        select(Site.key, Adviser)
        .join(Adviser, Adviser.site_id == Site.id)
        .where(Adviser.is_on)
        .order_by(Site.key)
    )
    return {row.key: row.Adviser for row in rows}


def set_adviser(
    session: Session,
    actor: Actor,
    site_key: str,
    wish: AdviserWish,
    *,
    sealer: Sealer,
    seen: int | None = None,
) -> str:
    """Set whom a site asks; return the secret if one was made, which is shown once.

    `seen` is the version the actor saw (0: there was none), None to set it whatever it
    is. Whether the address may be reached is not looked up here.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if the address is none.
    :raises ChangedMeanwhileError: if it is not what was seen any more.
    """
    site = lock_own_site(session, actor, site_key)
    url = check_url(wish.url)
    adviser = session.get(Adviser, site.id)
    version = adviser.version if adviser is not None else 0
    if seen is not None and seen != version:
        raise ChangedMeanwhileError(
            "Somebody changed this since you opened the page. Nothing was saved; look "
            "at it again and decide."
        )
    secret = ""
    if adviser is None:
        secret = _make_secret()
        adviser = Adviser(site_id=site.id, version=0, secret=sealer.seal(secret))
        session.add(adviser)
    changes = _apply(adviser, replace(wish, url=url))
    if changes:
        adviser.version += 1
        record_change(session, site, actor, f"Outside opinion: {', '.join(changes)}.")
    session.flush()
    return secret


def renew_secret(
    session: Session, actor: Actor, site_key: str, *, sealer: Sealer
) -> str:
    """Return a new secret of a site's adviser; the old one signs beside it for a day.

    :raises NotFoundError: if there is none, or the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    """
    site = lock_own_site(session, actor, site_key)
    adviser = session.get(Adviser, site.id)
    if adviser is None:
        raise NotFoundError(NONE_SET)
    secret = _make_secret()
    adviser.old_secret, adviser.old_secret_until = adviser.secret, now() + OVERLAP
    adviser.secret = sealer.seal(secret)
    adviser.version += 1
    record_change(session, site, actor, "Outside opinion: made a new secret.")
    return secret


def unseal_keys(adviser: Adviser, *, sealer: Sealer, at: datetime) -> Sequence[bytes]:
    """Return the keys that sign questions at an instant, the newest first.

    An old one that can't be read any more is left out.

    :raises InvalidToken: if the newest can't be read.
    """
    keys = [read_key(sealer.unseal(adviser.secret))]
    if adviser.old_secret_until is not None and adviser.old_secret_until > at:
        with suppress(InvalidToken):
            keys.append(read_key(sealer.unseal(adviser.old_secret)))
    return keys


def read_key(secret: str) -> bytes:
    """Return the key that a secret, as it is shown, stands for."""
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))


def _apply(adviser: Adviser, wish: AdviserWish) -> list[str]:
    """Make a wish come true, and return in words what that changed."""
    changes = []
    if adviser.url != wish.url:
        adviser.url, adviser.failing_since, adviser.problem = wish.url, None, ""
        changes.append("set the address")
    if bool(adviser.is_on) is not wish.is_on:
        adviser.is_on = wish.is_on
        changes.append("switched on" if wish.is_on else "switched off")
    if bool(adviser.sends_email) is not wish.sends_email:
        adviser.sends_email = wish.sends_email
        changes.append(
            "tells e-mail addresses" if wish.sends_email else "tells no e-mail address"
        )
    return changes


def _make_secret() -> str:
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
    return SECRET_PREFIX + key


def check_url(text: str) -> str:
    """Return the address somebody typed. :raises InvalidInputError: if it is none."""
    if "://" not in text:
        problem = "Give the whole address, with http:// or https://."
        raise InvalidInputError({"url": [problem]})
    try:
        url = parse_web_url(text)
    except InvalidURLError as error:
        raise InvalidInputError({"url": [str(error)]}) from error
    if len(url) > LONGEST_URL:
        raise InvalidInputError({"url": ["This address is too long."]})
    return url
