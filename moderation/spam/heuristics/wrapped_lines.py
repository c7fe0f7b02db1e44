"""Looks for lines that a program broke."""

import re
from itertools import islice

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# A letter, a space and only then the end of the line: people break after the word.
# It begins with the space, so that most of a text is passed over at once.
BROKEN = re.compile(
    r"[ ](?:(?<=[^\W\d_][ ])|(?<=[^\W\d_],[ ]))\r?\n[ ]{0,8}+(?=[^\W\d_])"
)
MOST = 5


def find_wrapped_lines(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if lines break in mid-sentence behind a space.

    Catches texts that were filled into templates. Trips on comments pasted from an
    e-mail program. Weight: fitted, see docs/model-card.md.
    """
    if " \n" not in submission.text and " \r" not in submission.text:
        return None
    found = islice(BROKEN.finditer(submission.text), MOST)
    spans = mark("body", ((max(0, m.start() - 1), m.end() + 1) for m in found))
    if not spans:
        return None
    return Signal(
        name="wrapped_lines",
        weight=POINTS["wrapped_lines"],
        reason="Lines break in mid-sentence, as in texts put together by a program.",
        spans=spans,
    )
