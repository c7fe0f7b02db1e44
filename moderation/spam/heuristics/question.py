"""Looks for questions (a cue for honesty)."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

MARKS = "?？"
QUESTION = re.compile(r"[\w)'\"’”»]\s?[?？]")


def find_question(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal against spam if the text asks something.

    Speaks for people who want an answer. Easily added to spam, so its weight, measured
    at -1.2 (design, section 6), is capped at -1.
    """
    prose = submission.prose
    match = QUESTION.search(prose) if any(mark in prose for mark in MARKS) else None
    if match is None:
        return None
    return Signal(
        name="question",
        weight=POINTS["question"],
        reason="The text asks a question.",
        spans=mark("body", [(match.end() - 1, match.end())]),
    )
