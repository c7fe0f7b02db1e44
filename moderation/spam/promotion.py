"""Owns how people promote themselves: pleas, their own work, invitations, gifts."""

from collections.abc import Mapping
from enum import StrEnum

from moderation.spam.patterns import Beginnings, Ranges, make_word_pattern


class Promotion(StrEnum):
    """A way to promote oneself."""

    PLEA = "plea"
    OWN_WORK = "own_work"
    INVITATION = "invitation"
    GIFT = "gift"


PATTERNS = {
    Promotion.PLEA: make_word_pattern(
        """
        subscribe, suscribe, sobscribe, soscribe, please, pls, plz, and, also, can,
        help, like, share, upvote, thumb, vote, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
        """,
        r"""
        \b(?:
            s[uo][bs]?scri?b\w{0,4}[ ](?:to[ ])?
                (?:my|me|our|us|on[ ]me|please|for[ ](?:me|more))
          | (?:please|pls|plz|and|also|can[ ](?:yo)?u)[ ]s[uo][bs]?scri?b\w{0,4}
          | sub(?:[ ]to)?[ ]me | sub[ ]?4
          | (?:please|pls|plz)[ ]
                (?:like|check|share|listen|watch|visit|follow|view)
          | help[ ]me[ ](?:get|reach)
          | (?:like|share|upvote)[ ](?:this[ ]|my[ ])?(?:comment|video|if)
          | thumbs?[ ]up
          | [0-9]{1,9}+[ ](?:subscribers|subs|likes|followers)
          | vote[ ]for[ ](?:me|us|my)
        )\b
        """,
    ),
    Promotion.OWN_WORK: make_word_pattern(
        "my, our, i, im, i'm",
        r"""
        \b(?:
            (?:my|our)[ ](?:(?:new|own|latest|first|youtube|yt|music|cover)[ ]){0,2}
            (?:channel|videos?|vids?|music|songs?|covers?|fb|facebook|twitter
              |instagram|profile|remix|rap|vlogs?)
          | i(?:[ ]a|')?m[ ](?:an?[ ])?(?:(?:young|new|upcoming|aspiring)[ ])?
            (?:rapper|singer|artist|musician|youtuber|producer)
        )\b
        """,
    ),
    Promotion.INVITATION: make_word_pattern(
        "check, chek, chck, chk, follow, visit, see, watch, hear",
        r"""
        \b(?:
            che?c?k(?:ing)?[ ](?:(?:it|this|these|that|him|us|me|them)[ ]
                |(?:my|our)[ ]\w{1,20}[ ])?out
          | che?c?k[ ](?:my|me|our)
          | follow[ ](?:me|us)
          | (?:visit|see|watch|hear)[ ](?:my|our)
        )\b
        """,
    ),
    Promotion.GIFT: make_word_pattern(
        "gift, free, pay, earn, giveaway, donate",
        r"""
        \b(?:
            gift[ ]?cards?
          | free[ ](?:\w{1,12}[ ])?(?:money|gift|robux|download)
          | pay[ ]?pal[ ]money
          | earn[ ](?:\w{1,12}[ ])?money
          | giveaway
          | donat(?:e|ions?)[ ]to
        )\b
        """,
    ),
}


def find_promotions(low_prose: Beginnings) -> Mapping[Promotion, Ranges]:
    """Return where prose in lower case promotes its author, by the way it does."""
    found = {kind: pattern.find(low_prose) for kind, pattern in PATTERNS.items()}
    return {kind: ranges for kind, ranges in found.items() if ranges}
