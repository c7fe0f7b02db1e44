"""Looks at what became of the author's earlier comments."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def find_author_history(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if this name and e-mail address wrote spam or approved comments.

    Catches spammers who keep their name. Trips on nobody who was judged rightly before.
    A name can be typed by anyone, so a good one earns little unless the browser or the
    mailbox proved it. Weights: not measured, conservative.
    """
    spam, approved = context.author_spam or 0, context.author_approved or 0
    if spam > approved:
        return Signal(
            name="author_of_spam",
            weight=POINTS["author_of_spam"],
            reason=f"This name and e-mail address already sent spam ({spam} times).",
        )
    if approved and not spam:
        is_proven = context.is_author_confirmed
        name = "author_confirmed" if is_proven else "author_approved"
        proof = "confirmed" if is_proven else "not confirmed"
        return Signal(
            name=name,
            weight=POINTS[name],
            reason=f"This name and e-mail address ({proof}) has approved comments "
            f"({approved}).",
        )
    return None
