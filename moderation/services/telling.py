"""Owns how a backtest is told: the same words on pages and by command."""

from collections.abc import Mapping, Sequence

from moderation.domain.outcomes import Said
from moderation.services.backtests import Backtest, Shift
from moderation.spam.verdict import Verdict

# What is done with so many more comments, and where that leaves them out otherwise.
DONE = {
    Verdict.PUBLISH: "publish {} more",
    Verdict.HOLD: "hold {} more",
    Verdict.SPAM: "file {} more as spam",
}
INSTEAD = {
    Verdict.PUBLISH: "instead of publishing",
    Verdict.HOLD: "instead of holding",
    Verdict.SPAM: "instead of filing as spam",
}
SAID = {Said.APPROVED: "approved", Said.REJECTED: "rejected", Said.SPAM: "spam"}


def tell_backtest(backtest: Backtest) -> Sequence[str]:
    """Return in sentences what would have changed, the most first."""
    if not backtest.decisions:
        return ["Nobody has decided on a comment yet: there is nothing to try it on."]
    start = f"On your last {count_decisions(backtest.decisions)} this would"
    if backtest.shifts:
        return [f"{start} {tell_shift(shift)}." for shift in backtest.shifts]
    if not backtest.matched:
        return [f"{start} change nothing."]
    comments = "1 comment" if backtest.matched == 1 else f"{backtest.matched} comments"
    return [f"{start} change nothing: {comments} it matches end up there anyway."]


def tell_shift(shift: Shift) -> str:
    """Return "hold 3 more instead of publishing, 2 of them approved"."""
    done = DONE[shift.after].format(f"{shift.number:,}")
    return f"{done} {INSTEAD[shift.before]}, {tell_said(shift.said)}"


def tell_said(said: Mapping[Said, int]) -> str:
    """Return "2 of them approved and 1 spam", or "all of them spam"."""
    parts = [f"{number:,} {SAID[one]}" for one, number in said.items() if number]
    if len(said) == 1:
        (only,) = said
        number = "it was" if said[only] == 1 else "all of them"
        return f"{number} {SAID[only]}"
    parts[0] = parts[0].replace(" ", " of them ", 1)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def count_decisions(number: int) -> str:
    """Return "decision" or "1,000 decisions", as what comes behind "your last"."""
    return "decision" if number == 1 else f"{number:,} decisions"
