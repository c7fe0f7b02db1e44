"""Looks at earlier comments with nearly the same text."""

from moderation.spam.context import Context, Twins
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission
from moderation.spam.wording import describe_times


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
        return _clear_own_text(twins)
    return Signal(
        name="respun_text",
        weight=POINTS[name],
        reason=f"Nearly the same text was sent before: {_describe_twins(twins)}.",
    )


def _describe_twins(twins: Twins) -> str:
    fates = (
        (twins.spam, "found to be spam"),
        (twins.approved, "approved"),
        (twins.other, "not decided yet or not wanted"),
    )
    return ", ".join(f"{describe_times(n)} {fate}" for n, fate in fates if n)


def _clear_own_text(twins: Twins) -> Signal | None:
    """Return a signal for who says again what was approved of them before."""
    if not twins.approved_by_same_author:
        return None
    return Signal(
        name="approved_twin",
        weight=POINTS["approved_twin"],
        reason="This author wrote nearly the same before, and it was approved.",
    )


def _choose_weight(twins: Twins) -> str | None:
    if twins.spam > twins.approved:
        return "respun_text_1" if twins.spam == 1 else "respun_text_2"
    if twins.approved:
        return None
    return "respun_text_held" if twins.other > twins.by_same_author else None
