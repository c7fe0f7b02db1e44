"""Looks at what became of the author's earlier comments."""

from moderation.spam.context import Context
from moderation.spam.learning import score_history
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission
from moderation.spam.wording import describe_times

# Labels given to both sides, and the log of the ratio that counts as one-sided.
ADDED, UNIT = 0.5, 2.0


def find_author_history(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if moderators decided on comments from this e-mail address.

    Catches spammers who keep their address. Trips on nobody who was judged rightly
    before. An address can be typed by anyone, so a good one earns little unless the
    browser or the mailbox proved it. Weights: spam measured on the streams of four
    blogs, the others set with care.
    """
    if context.learnt is None:
        return None
    history = context.learnt.author
    score = score_history(history, added=ADDED, unit=UNIT)
    if score > 0:
        return Signal(
            name="author_of_spam",
            weight=POINTS["author_of_spam"] * score,
            reason=f"This author already sent spam {describe_times(history.spam)}.",
        )
    if score < 0:
        is_proven = context.is_author_confirmed
        name = "author_confirmed" if is_proven else "author_approved"
        proof = "confirmed" if is_proven else "not confirmed"
        return Signal(
            name=name,
            weight=POINTS[name] * -score,
            reason=f"This author ({proof}) was approved {describe_times(history.ham)}.",
        )
    return None
