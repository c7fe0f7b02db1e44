"""Looks for author names joined by a program."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

CAMEL_CASE = re.compile(r"[A-Z][a-z]{2,20}+[A-Z][a-z]{2,20}+(?:[A-Z][a-z]{1,20}+)?")
# Names that are written like this: McAllister, MacDonald, DeAngelo, LaToya, O’….
PREFIXES = ("Mac", "Van", "Von", "Del", "Fitz")


def find_camel_case_name(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the author's name is written LikeThis.

    Catches names made up by posting programs. Trips on nicknames, which programmers
    like to write so. Weight: measured (design, section 6).
    """
    name = submission.author.strip()
    if not CAMEL_CASE.fullmatch(name) or name.startswith(PREFIXES):
        return None
    return Signal(
        name="camel_case_name",
        weight=POINTS["camel_case_name"],
        reason="The author's name is joined LikeThis.",
        spans=mark("author", [(0, len(submission.author))]),
    )
