"""Owns what moderators said of a comment: what the filter is measured by."""

from enum import StrEnum


class Said(StrEnum):
    """What a moderator last said of a comment; `NOTHING` if nobody looked yet.

    Who puts a comment back into the queue has said nothing of it.
    """

    NOTHING = "nothing"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
