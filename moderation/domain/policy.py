"""Owns the three ways a site can treat new comments."""

from enum import StrEnum


class Policy(StrEnum):
    """What a site publishes without a moderator.

    `HOLD_ALL` nothing; `HOLD_FIRST` what the filter trusts, from authors who have
    an approved comment; `HOLD_SUSPECT` whatever the filter trusts.
    """

    HOLD_ALL = "hold_all"
    HOLD_FIRST = "hold_first"
    HOLD_SUSPECT = "hold_suspect"
