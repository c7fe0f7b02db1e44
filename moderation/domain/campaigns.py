"""Owns the kinds of campaign, and the words for what its comments share."""

from enum import StrEnum


class CampaignKind(StrEnum):
    """What the comments of a campaign have in common."""

    TEXT = "text"
    DOMAIN = "domain"
    AUTHOR = "author"


def describe_campaign(kind: CampaignKind, key: str, number: int) -> str:
    """Return what a number of comments share, and no more than that.

    The regulars of a blog are campaigns by their author: nothing here may sound like
    an accusation.
    """
    comments = f"{number:,} comment" + ("" if number == 1 else "s")
    match kind:
        case CampaignKind.TEXT:
            return f"{comments} with nearly the same text"
        case CampaignKind.DOMAIN:
            verb = "links" if number == 1 else "link"
            return f"{comments} {verb} to {key}"
        case CampaignKind.AUTHOR:
            return f"{comments} by the same author"
