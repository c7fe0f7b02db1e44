"""Looks for e-mail addresses in the text."""

from moderation.spam.contacts import Contact
from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_email_in_text(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text holds an e-mail address, "(at)" for @ included.

    Catches spell-casters, lenders and recovery agents, who want a letter and not a
    click. Trips on people who offer help or look for it and give their address.
    Weight: fitted, see docs/model-card.md.
    """
    if Contact.EMAIL not in submission.contacts:
        return None
    return Signal(
        name="email_in_text",
        weight=POINTS["email_in_text"],
        reason="There is an e-mail address in the text.",
        spans=mark("body", submission.contacts[Contact.EMAIL]),
    )
