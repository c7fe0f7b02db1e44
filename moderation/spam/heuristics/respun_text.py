"""Looks at earlier comments with nearly the same text."""

from moderation.spam.context import Context, Twins
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission


def find_respun_text(_submission: Submission, context: Context) -> Signal | None:
    """Return a signal if nearly the same text was seen before on the site.

    Catches campaigns: one text, respun with other words, from many names. Trips on
    honest people who send their comment twice, so copies of the same author don't
    count unless they were found to be spam, and approved copies clear the text.
    Weights: not measured, conservative.
    """
    twins = context.twins
    if twins is None:
        return None
    name = _choose_weight(twins)
    if name is None:
        return None
    return Signal(
        name="respun_text",
        weight=POINTS[name],
        reason="Nearly the same text was sent before: "
        f"{twins.spam} times found to be spam, {twins.other} times not decided or not "
        "wanted.",
    )


def _choose_weight(twins: Twins) -> str | None:
    if twins.spam > twins.approved:
        return "respun_text_1" if twins.spam == 1 else "respun_text_2"
    if twins.approved:
        return None
    return "respun_text_held" if twins.other > twins.by_same_author else None
