"""Looks for messengers that readers could be drawn to."""

from moderation.spam.contacts import Contact
from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_messenger(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text names a messenger such as WhatsApp or Telegram.

    Catches those who sell away from witnesses. Trips on talk about such programs.
    Weight: fitted, see docs/model-card.md.
    """
    if Contact.MESSENGER not in submission.contacts:
        return None
    return Signal(
        name="messenger",
        weight=POINTS["messenger"],
        reason="The text names a messenger to talk on elsewhere.",
        spans=mark("body", submission.contacts[Contact.MESSENGER]),
    )
