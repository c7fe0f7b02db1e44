"""Looks for program code (a cue for honesty)."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

CODE = re.compile(
    r"""
      ```
    | `[^`\n]{1,300}+`
    | \w\(\)
    | \w\.\w{1,40}+\([^\s)]
    | [;{]\r?\n
    """,
    re.VERBOSE,
)


def find_code(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal against spam if the text holds program code.

    Speaks for readers of technical blogs. Easily added to spam, so the weight stays at
    -1. Weight: measured (design, section 6).
    """
    match = CODE.search(submission.prose)
    if match is None:
        return None
    return Signal(
        name="code",
        weight=POINTS["code"],
        reason="The text holds program code.",
        spans=mark("body", [match.span()]),
    )
