"""Owns what kinds of comment there are: written by people, or sent by other blogs."""

from enum import StrEnum


class CommentKind(StrEnum):
    """What a comment is. Pingbacks and trackbacks say that a page elsewhere links here.

    They come from imports alone: no form takes them.
    """

    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
