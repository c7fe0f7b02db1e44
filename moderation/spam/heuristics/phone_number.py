"""Looks for telephone numbers in the text."""

from moderation.spam.contacts import Contact
from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_phone_number(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text holds a telephone number.

    Catches helplines that are none, spell-casters, call girls. Trips on honest people
    who pass on the number of a crisis line. Weight: fitted, see docs/model-card.md.
    """
    if Contact.PHONE not in submission.contacts:
        return None
    return Signal(
        name="phone_number",
        weight=POINTS["phone_number"],
        reason="There is a telephone number in the text.",
        spans=mark("body", submission.contacts[Contact.PHONE]),
    )
