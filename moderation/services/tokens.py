"""Owns API tokens: made, listed, revoked, and read into who asks."""

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, selectinload

from moderation.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.access import (
    OWN_AGENTS,
    PROGRAM_ID,
    Actor,
    require_owner,
)
from moderation.services.changes import record_change
from moderation.services.sites import find_site
from moderation.storage.models import ApiToken, ApiTokenSite, Scope
from moderation.storage.models.base import now

# What secret scanners know a token by. None of its letters is a hexadecimal digit:
# WordPress's Akismet plugin drops all that is none, and keeps what proves.
MARK = "lr_"
# 192 bits, in small letters that also fit into the name of a host (Akismet's way).
SECRET_BYTES = 24
PREFIX_LENGTH = 8
LONGEST_NAME = 100
MOST_DAYS = 3_650
# How exactly it is noted when a token was used last: a write each time would cost more
# than most requests.
USE_NOTED_AFTER = timedelta(minutes=5)
NO_TOKEN = "There is no such token, or it is not yours to see."  # noqa: S105 a message

_SECRET = re.compile(rf"(?:{MARK})?([0-9a-f]{{{2 * SECRET_BYTES}}})")


@dataclass(frozen=True, kw_only=True)
class TokenWish:
    """What an owner asks of a token. `days` None: it never expires."""

    name: str
    site_keys: Sequence[str]
    scopes: Collection[Scope] = (Scope.READ,)
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token that was proved allows: whoever holds it is `actor`."""

    token_id: int
    scopes: frozenset[Scope]
    site_ids: frozenset[int]
    actor: Actor
    is_use_due: bool

    def require(self, scope: Scope) -> None:
        """Refuse what the token is not for. :raises NotAllowedError: if so."""
        if scope not in self.scopes:
            raise NotAllowedError(
                f"This token is not for that: it lacks the scope “{scope}”. Ask an "
                "owner of the site for one that has it."
            )

    def require_site(self, site_id: int) -> None:
        """Refuse a site the token is not for. :raises NotFoundError: if so."""
        if site_id not in self.site_ids:
            raise NotFoundError("There is no such site, or it is not yours to see.")


def add_token(session: Session, actor: Actor, wish: TokenWish) -> tuple[ApiToken, str]:
    """Return a new token, and its secret, which is kept nowhere.

    :raises InvalidInputError: if something of it can't be.
    :raises NotFoundError: if a site is not the actor's to see.
    :raises NotAllowedError: if the actor is not the owner of all the sites.
    """
    _check(wish)
    sites = [find_site(session, key) for key in dict.fromkeys(wish.site_keys)]
    for site in sites:
        require_owner(actor, site.id)
    secret = secrets.token_hex(SECRET_BYTES)
    token = ApiToken(
        prefix=secret[:PREFIX_LENGTH],
        digest=_compute_digest(secret),
        name=" ".join(wish.name.split()),
        scopes=[scope.value for scope in Scope if scope in wish.scopes],
        moderator_id=actor.author_id,
        expires_at=now() + timedelta(days=wish.days) if wish.days else None,
        sites=sites,
    )
    session.add(token)
    session.flush()
    for site in sites:
        scopes = ", ".join(token.scopes)
        record_change(
            session, site, actor, f"Made the API token “{token.name}” ({scopes})."
        )
    return token, MARK + secret


def list_tokens(session: Session, actor: Actor) -> Sequence[ApiToken]:
    """Return the tokens for sites the actor owns, newest first, revoked ones too."""
    found = session.scalars(
        select(ApiToken)
        .order_by(ApiToken.id.desc())
        .options(selectinload(ApiToken.sites), selectinload(ApiToken.moderator))
    )
    return [token for token in found if _is_own(actor, token)]


def revoke_token(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """Make that a token is good for nothing from now on.

    :raises NotFoundError: if it is for no site of the actor's.
    """
    token = session.get(ApiToken, token_id, with_for_update=True)
    if token is None or not _is_own(actor, token):
        raise NotFoundError(NO_TOKEN)
    if token.revoked_at is None:
        token.revoked_at = now()
        for site in token.sites:
            record_change(
                session, site, actor, f"Revoked the API token “{token.name}”."
            )
    session.flush()
    return token


def find_token(session: Session, prefix: str) -> ApiToken:
    """Return the token whose secret begins so.

    :raises NotFoundError: if there is none.
    :raises InvalidInputError: if there are several.
    """
    wanted = prefix.removeprefix(MARK)[:PREFIX_LENGTH]
    found = session.scalars(select(ApiToken).where(ApiToken.prefix == wanted)).all()
    if not found:
        raise NotFoundError("There is no token that begins so; see the list.")
    if len(found) > 1:
        raise InvalidInputError({"token": ["Several tokens begin so; revoke by page."]})
    return found[0]


def read_token(session: Session, text: str, *, at: datetime) -> Grant | None:
    """Return what a token allows, None if it is none, or not any more."""
    match = _SECRET.fullmatch(text)
    if match is None:
        return None
    row = session.execute(
        select(ApiToken.id, ApiToken.name, ApiToken.scopes, ApiToken.used_at).where(
            ApiToken.digest == _compute_digest(match[1]),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at),
        )
    ).one_or_none()
    if row is None:
        return None
    site_ids = session.scalars(
        select(ApiTokenSite.site_id).where(ApiTokenSite.token_id == row.id)
    ).all()
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return Grant(
        token_id=row.id,
        scopes=_include(scopes),
        site_ids=frozenset(site_ids),
        actor=_make_actor(row.name, scopes, site_ids),
        is_use_due=row.used_at is None or at - row.used_at >= USE_NOTED_AFTER,
    )


def note_use(session: Session, token_id: int, *, at: datetime) -> None:
    """Note that a token was used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=at))


def _make_actor(name: str, scopes: frozenset[Scope], sites: Sequence[int]) -> Actor:
    if Scope.MANAGE in scopes:
        role = Role.OWNER
    elif Scope.DECIDE in scopes:
        role = Role.MODERATOR
    elif Scope.READ in scopes:
        role = Role.VIEWER
    else:
        sites = []
        role = Role.VIEWER
    return Actor(
        moderator_id=PROGRAM_ID,
        email="",
        roles=dict.fromkeys(sites, role),
        agent=name,
        sees_contacts=Scope.EMAILS in scopes,
    )


def _include(scopes: frozenset[Scope]) -> frozenset[Scope]:
    """Return the scopes with those they include."""
    if Scope.MANAGE in scopes:
        return scopes | {Scope.DECIDE, Scope.READ}
    return scopes | {Scope.READ} if Scope.DECIDE in scopes else scopes


def _check(wish: TokenWish) -> None:
    errors: dict[str, list[str]] = {}
    name = " ".join(wish.name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        errors["name"] = [f"Give a name of up to {LONGEST_NAME} characters."]
    elif name.casefold() in OWN_AGENTS:
        errors["name"] = ["Histories say this of our own decisions: give another name."]
    if not wish.site_keys:
        errors["sites"] = ["Choose at least one site."]
    if not wish.scopes:
        errors["scopes"] = ["Choose at least one scope."]
    if wish.days is not None and not 0 < wish.days <= MOST_DAYS:
        errors["days"] = [f"Give a number of days from 1 to {MOST_DAYS:,}."]
    if errors:
        raise InvalidInputError(errors)


def _is_own(actor: Actor, token: ApiToken) -> bool:
    return actor.is_owner(None) or any(actor.is_owner(site.id) for site in token.sites)


def _compute_digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()
