"""Owns what the shipped signals meant on a site so far."""

from moderation.spam.learning import Learnt, compute_ratios, score_signals
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal

MOST_NAMED = 3


def find_site_signals(names: frozenset[str], learnt: Learnt) -> Signal | None:
    """Return a signal if comments that showed these signals were mostly of one kind.

    `names` are those of the shipped signals that the comment shows: this looks at what
    the other heuristics found, and runs after them. Catches what one site sees of spam
    and clears what its readers do: code on a programmer's blog. Trips on the honest
    comment that looks like the site's spam. Weight: measured on the streams of four
    blogs, small because the signals count by themselves already.
    """
    ratios = compute_ratios(names, learnt.signals, learnt.totals)
    score = score_signals(ratios, len(names), learnt)
    if not score:
        return None
    side = 1 if score > 0 else -1
    named = sorted(ratios, key=lambda name: (-side * ratios[name], name))
    shown = ", ".join(
        name.replace("_", " ") for name in named[:MOST_NAMED] if side * ratios[name] > 0
    )
    kind = "spam" if score > 0 else "approved comments"
    return Signal(
        name="site_signals",
        weight=POINTS["site_signals"] * score,
        reason=f"Commoner in this site's {kind}: {shown}.",
    )
