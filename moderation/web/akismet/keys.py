"""Owns the key of an Akismet client: in four places, a token for one site."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from moderation.domain.errors import ModerationError
from moderation.services.tokens import Grant
from moderation.storage.models import Scope, Site
from moderation.web.tokens import find_grant


class InvalidKeyError(ModerationError):
    """A request that is answered with "invalid"; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key that is good, and the site it stands for."""

    grant: Grant
    site_id: int


def find_key(fields: Mapping[str, str], path_key: str | None) -> Key:
    """Return the key of this request.

    The clients there are put it into the body (`api_key`, or `key`), before the name
    of the host, or into the path.

    :raises InvalidKeyError: if it is none, or stands for more than one site.
    """
    label, _, _ = request.host.partition(".")
    for text in (path_key, fields.get("api_key"), fields.get("key"), label):
        grant = find_grant(text.strip().lower()) if text else None
        if grant is not None:
            return _require_one_site(grant)
    raise InvalidKeyError("The key is missing, unknown, expired or revoked.")


def find_site(session: Session, key: Key) -> Site:
    """Return the site of a key."""
    return session.get_one(Site, key.site_id)


def _require_one_site(grant: Grant) -> Key:
    if Scope.FILTER not in grant.scopes:
        raise InvalidKeyError("The token lacks the scope filter.")
    if len(grant.site_ids) != 1:
        raise InvalidKeyError("The token is for several sites: make one for this site.")
    (site_id,) = grant.site_ids
    return Key(grant=grant, site_id=site_id)
