"""Owns what a site's rule is made of: what it looks for, where, and what it does."""

from collections.abc import Mapping
from enum import StrEnum


class RuleAction(StrEnum):
    """What becomes of a comment that a rule matches."""

    ALLOW = "allow"
    HOLD = "hold"
    SPAM = "spam"


class RuleKind(StrEnum):
    """What a rule looks for."""

    WORD = "word"
    DOMAIN = "domain"
    EMAIL = "email"
    NETWORK = "network"


class RuleScope(StrEnum):
    """Where a rule looks."""

    ANY = "any"
    COMMENT = "comment"
    NAME = "name"
    WEBSITE = "website"
    EMAIL = "email"


# Where each kind can stand.
SCOPES: Mapping[RuleKind, tuple[RuleScope, ...]] = {
    RuleKind.WORD: tuple(RuleScope),
    RuleKind.DOMAIN: (
        RuleScope.ANY,
        RuleScope.COMMENT,
        RuleScope.WEBSITE,
        RuleScope.EMAIL,
    ),
    RuleKind.EMAIL: (RuleScope.ANY, RuleScope.COMMENT, RuleScope.EMAIL),
    RuleKind.NETWORK: (RuleScope.ANY,),
}
# It bounds what reading and matching them costs.
MOST_RULES = 500
