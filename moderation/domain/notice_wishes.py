"""Owns what somebody wants to be told by mail of the comments that wait on a site."""

from dataclasses import dataclass
from enum import StrEnum

from moderation.domain.errors import InvalidInputError
from moderation.domain.plurals import count_in_words

MOST_COUNT = 1_000
MOST_HOURS = 7 * 24


class NoticePace(StrEnum):
    """How soon a mail is sent."""

    AT_ONCE = "at-once"
    DIGEST = "digest"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class NoticeWish:
    """When to send mails; the two numbers count for digests alone.

    A digest is sent when `after_count` comments wait to be told of, or the first of
    them has waited for `after_hours`.
    """

    pace: NoticePace
    after_count: int = 10
    after_hours: int = 24


OWNERS = NoticeWish(pace=NoticePace.DIGEST)
OTHERS = NoticeWish(pace=NoticePace.NONE)


def check_wish(wish: NoticeWish) -> None:
    """Refuse numbers that make no sense. :raises InvalidInputError: naming each."""
    errors = {}
    if not 1 <= wish.after_count <= MOST_COUNT:
        errors["after_count"] = [f"Give a number from 1 to {MOST_COUNT:,}."]
    if not 1 <= wish.after_hours <= MOST_HOURS:
        errors["after_hours"] = [f"Give from 1 to {MOST_HOURS} hours."]
    if errors:
        raise InvalidInputError(errors)


def describe_wish(wish: NoticeWish) -> str:
    """Return in words when mails are sent."""
    match wish.pace:
        case NoticePace.AT_ONCE:
            return "at once"
        case NoticePace.NONE:
            return "none"
    comments = count_in_words(wish.after_count, "comment")
    return f"digest, after {comments} or {count_in_words(wish.after_hours, 'hour')}"
