"""Owns what requests about campaigns say: read, checked, and turned into values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.domain.errors import InvalidInputError
from moderation.services.campaigns import CampaignPosition
from moderation.web.moderator.inputs import (
    Decided,
    Fields,
    parse_moment,
    read_decided,
    read_single,
)

_POSITION = re.compile(r"([0-9]{1,9})_([0-9T:.-]{19,26})Z_([0-9]{1,18})")
_NUMBER = re.compile(r"[0-9]{1,18}")
_NUMBERS = re.compile(r"(?:[0-9]{1,18}(?:,[0-9]{1,18}){0,499})?")


@dataclass(frozen=True, kw_only=True)
class CampaignDecided:
    """What a moderator asks for: an action on what is selected, or on all.

    `seen` is None if it is on those selected alone; else the action is on all that
    waited then, but those `left_out`: shown and not selected.
    """

    decided: Decided
    seen: int | None
    left_out: Sequence[int]


def read_campaign_position(fields: Fields) -> CampaignPosition | None:
    """Return where a page of campaigns begins, None for the first.

    :raises InvalidInputError: if what is named is no such place.
    """
    text = read_single(fields, "after")
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    last_at = parse_moment(match[2]) if match else None
    if match is None or last_at is None:
        raise InvalidInputError(
            {"after": ["This is no place in the list. Begin at its start."]}
        )
    return CampaignPosition(
        held=int(match[1]), last_at=last_at, campaign_id=int(match[3])
    )


def write_campaign_position(position: CampaignPosition | None) -> str | None:
    """Return a position as it stands in an address."""
    if position is None:
        return None
    moment = position.last_at.replace(tzinfo=None).isoformat()
    return f"{position.held}_{moment}Z_{position.campaign_id}"


def read_member(fields: Fields) -> int | None:
    """Return the comment behind which a page begins, None for the first.

    :raises InvalidInputError: if what is named is no number.
    """
    text = read_single(fields, "after")
    return _read_number("after", text) if text else None


def read_campaign_decided(fields: Fields) -> CampaignDecided:
    """Return what the form of a decision on a campaign says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    decided = read_decided(fields)
    shown = read_single(fields, "shown")
    if not _NUMBERS.fullmatch(shown):
        raise InvalidInputError({"shown": ["Name the comments by their numbers."]})
    is_for_all = read_single(fields, "scope") == "all"
    ids = [int(number) for number in shown.split(",") if number]
    return CampaignDecided(
        decided=decided,
        seen=_read_number("seen", read_single(fields, "seen")) if is_for_all else None,
        left_out=[number for number in ids if number not in decided.versions],
    )


def _read_number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise InvalidInputError({name: ["This is no number."]})
    return int(text)
