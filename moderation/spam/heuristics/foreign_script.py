"""Looks for letters nobody else in the thread uses."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

FEWEST_LETTERS = 10


def find_foreign_script(submission: Submission, context: Context) -> Signal | None:
    """Return a signal if most letters are of a script the thread does not use.

    Catches bots that post the same Cyrillic or Thai text everywhere. Trips on readers
    who answer in their own language. Weight: measured (design, section 6). Without a
    thread to compare with there is no signal.
    """
    counts = submission.scripts
    letters = sum(counts.values())
    if not context.thread_scripts or letters < FEWEST_LETTERS:
        return None
    script = max(counts, key=lambda name: counts[name])
    if script in context.thread_scripts or 2 * counts[script] <= letters:
        return None
    return Signal(
        name="foreign_script",
        weight=POINTS["foreign_script"],
        reason=f"Most letters are {script}; the thread is written in "
        f"{', '.join(sorted(context.thread_scripts))}.",
    )
