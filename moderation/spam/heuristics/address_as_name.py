"""Looks for web addresses in place of a name."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

ADDRESS = re.compile(
    r"https?:|www\.|(?<=\w)\.(?:com|net|org|info|biz|shop|site|xyz|ru)\b", re.IGNORECASE
)


def find_address_as_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name is or holds a web address.

    Catches links put where no filter for links looks. Trips on bloggers who sign with
    the name of their site. Weight: alone worth 0.2 on average of three blogs, but rare
    there; set by hand.
    """
    match = ADDRESS.search(submission.author)
    if match is None:
        return None
    return Signal(
        name="address_as_name",
        weight=POINTS["address_as_name"],
        reason="The author's name is a web address.",
        spans=mark("author", [match.span()]),
    )
