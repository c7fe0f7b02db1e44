"""Owns the signed token of a form: it says for whom and when the form was made.

No cookie reaches a form inside another site's page, so nothing is kept about it
here: all that must be known is in the token, which nobody else can make or alter.
A token may be used again; the same comment twice is refused by its content.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from itsdangerous import BadData

from moderation.web.embed.signing import make_serializer

LIFETIME_SECONDS = 24 * 60 * 60
# A clock that was put back must not refuse what was signed before.
CLOCK_SLACK_SECONDS = 2 * 60 * 60
# Ours have some 300 characters; no time is spent on more.
LONGEST_TOKEN = 2_000
NONCE_BYTES = 9
SALT = b"leave-a-reply form"


class Kind(StrEnum):
    """What a token was made for.

    `PAGE`: our own page. `JSON`: a script, which may keep it for hours. `PREVIEW`: a
    form shown again after it was sent, to be looked at and sent once more.
    """

    PAGE = "page"
    JSON = "json"
    PREVIEW = "preview"


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a token says of its form.

    `place` is a digest of the site and the thread it is for (keys may be long).
    `shown_at` is when the visitor was first shown the form (Unix time), None if that
    is not known. `has_honeypot` says whether the form held the field people don't
    see. `network` is a keyed hash of the visitor's network, "" in a token that many
    may hold. `is_from_blog` says that the form first came from a page of the blog.
    """

    place: str
    kind: Kind
    shown_at: int | None = None
    has_honeypot: bool = False
    network: str = ""
    is_from_blog: bool = False


class TokenError(ValueError):
    """A token that is none of ours, or no longer good."""


def sign_claims(keys: Sequence[str], claims: Claims) -> str:
    """Return a token that says `claims`, signed with the newest (last) key.

    The time is in it, and a nonce, so that no two are alike.
    """
    payload = {**asdict(claims), "nonce": secrets.token_urlsafe(NONCE_BYTES)}
    return str(make_serializer(tuple(keys), SALT).dumps(payload))


def read_claims(keys: Sequence[str], token: str) -> Claims:
    """Return what a token says.

    :raises TokenError: if it was not signed with one of `keys`, or its time is over.
    """
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise TokenError
    serializer = make_serializer(tuple(keys), SALT)
    try:
        payload, signed_at = serializer.loads(token, return_timestamp=True)
    except BadData as error:
        raise TokenError from error
    age = serializer.signed_by.get_timestamp() - signed_at.timestamp()
    if not -CLOCK_SLACK_SECONDS <= age <= LIFETIME_SECONDS:
        raise TokenError
    payload.pop("nonce")
    return Claims(**{**payload, "kind": Kind(payload["kind"])})


def digest_place(site: str, thread: str) -> str:
    """Return what a token names a thread of a site by."""
    text = f"{site} {thread}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def hash_network(keys: Sequence[str], network: str) -> list[str]:
    """Return the keyed hashes of a network, by the newest key last; [] without one."""
    if not network:
        return []
    return [_hash(key, f"network {network}") for key in keys]


def make_tag(keys: Sequence[str], *parts: object) -> str:
    """Return a short text that changes with any of `parts`, and with the newest key."""
    return _hash(keys[-1], f"tag {parts!r}")


def _hash(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), SALT + text.encode(), hashlib.sha256)
    return digest.hexdigest()[:20]
