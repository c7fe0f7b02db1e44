"""Owns the author token: by it a browser shows which comment it sent before.

Its answer to a post hands it out, and the browser may send it with the next. That says
nothing by itself: whether the comment counts for its author is for the service to find
out. Nothing is kept about a token here, and none can be made or altered elsewhere.
"""

import hashlib
from collections.abc import Sequence
from typing import cast

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from moderation.web.embed.tokens import CLOCK_SLACK_SECONDS

LIFETIME_SECONDS = 365 * 24 * 60 * 60
# Ours have some 110 characters; no time is spent on more.
LONGEST_TOKEN = 500
# Other than that of form tokens, so that neither can be taken for the other.
SALT = b"leave-a-reply author"


def sign_author(keys: Sequence[str], site: str, comment_id: int) -> str:
    """Return a token that names a comment of a site, signed with the newest key."""
    return str(_make_serializer(keys).dumps([site, comment_id]))


def read_author(keys: Sequence[str], site: str, token: str) -> int | None:
    """Return the id of the comment that a token names, None if it is not good.

    Good is what was signed with one of `keys`, for this site, within a year.
    """
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        return None
    serializer = _make_serializer(keys)
    try:
        (owner, comment_id), signed_at = serializer.loads(token, return_timestamp=True)
    except BadData:
        return None
    signer = cast("TimestampSigner", serializer.make_signer())
    age = signer.get_timestamp() - signed_at.timestamp()
    if owner != site or not -CLOCK_SLACK_SECONDS <= age <= LIFETIME_SECONDS:
        return None
    return int(comment_id)


def _make_serializer(keys: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        list(keys),
        salt=SALT,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
