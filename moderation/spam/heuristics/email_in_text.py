"""Looks for e-mail addresses in the text."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}+@(?:[a-z0-9-]{1,63}+\.){1,4}[a-z]{2,24}+",
    re.IGNORECASE,
)


def find_email_in_text(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text holds an e-mail address.

    Catches spell-casters, lenders and recovery agents, who want a letter and not a
    click. Trips on people who offer help or look for it and give their address.
    Weight: measured (design, section 6).
    """
    if "@" not in submission.body:
        return None
    spans = mark("body", (m.span() for m in EMAIL.finditer(submission.prose)))
    if not spans:
        return None
    return Signal(
        name="email_in_text",
        weight=POINTS["email_in_text"],
        reason="There is an e-mail address in the text.",
        spans=spans,
    )
