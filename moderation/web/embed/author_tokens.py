"""Owns the author token: by it a browser shows which comment it sent before.

Its answer to a post hands it out, and the browser may send it with the next. That says
nothing by itself: whether the comment counts for its author is for the service to find
out. Nothing is kept about a token here, and none can be made or altered elsewhere.
"""

from collections.abc import Sequence

from moderation.web.embed.comment_tokens import AUTHOR, read_comment, sign_comment

LIFETIME_SECONDS = AUTHOR.lifetime_seconds


def sign_author(keys: Sequence[str], site: str, comment_id: int) -> str:
    """Return a token that names a comment of a site, signed with the newest key."""
    return sign_comment(keys, AUTHOR, site, comment_id)


def read_author(keys: Sequence[str], site: str, token: str) -> int | None:
    """Return the id of the comment that a token names, None if it is not good.

    Good is what was signed with one of `keys`, for this site, within a year.
    """
    return read_comment(keys, AUTHOR, site, token)
