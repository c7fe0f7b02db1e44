"""Owns the tokens that name a comment: for what, and for how long each is good."""

from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadData

from moderation.web.embed.signing import make_serializer
from moderation.web.embed.tokens import CLOCK_SLACK_SECONDS

DAY_SECONDS = 24 * 60 * 60
# Ours have some 110 characters; no time is spent on more.
LONGEST_TOKEN = 500


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a token is for; one for a purpose can't be taken for another's."""

    salt: bytes
    lifetime_seconds: int


# Shows which comment a browser sent before.
AUTHOR = Purpose(salt=b"leave-a-reply author", lifetime_seconds=365 * DAY_SECONDS)
# Lets whoever has it see what became of a comment, change and withdraw it.
OWN = Purpose(salt=b"leave-a-reply own", lifetime_seconds=90 * DAY_SECONDS)


def sign_comment(
    keys: Sequence[str], purpose: Purpose, site: str, comment_id: int
) -> str:
    """Return a token that names a comment of a site, signed with the newest key."""
    return str(make_serializer(tuple(keys), purpose.salt).dumps([site, comment_id]))


def read_comment(
    keys: Sequence[str], purpose: Purpose, site: str, token: str
) -> int | None:
    """Return the id of the comment that a token names, None if it is not good.

    Good is what was signed with one of `keys`, for this purpose and site, in time.
    """
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        return None
    serializer = make_serializer(tuple(keys), purpose.salt)
    try:
        (owner, comment_id), signed_at = serializer.loads(token, return_timestamp=True)
    except BadData:
        return None
    age = serializer.signed_by.get_timestamp() - signed_at.timestamp()
    if owner != site or not -CLOCK_SLACK_SECONDS <= age <= purpose.lifetime_seconds:
        return None
    return int(comment_id)
