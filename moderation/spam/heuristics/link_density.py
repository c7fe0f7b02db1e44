"""Looks for texts that are mostly links."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# The share of the characters from which each weight counts, the highest first.
STEPS = ((0.40, "link_density_40"), (0.20, "link_density_20"))


def find_link_density(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a fifth, or two fifths, of the text are links.

    Catches links with an excuse around them. Trips on honest lists of sources, and on
    short answers with one address, so it weighs little. Weights: fitted, see
    docs/model-card.md.
    """
    links = submission.links
    if not links:
        return None
    linked = sum(link.end - link.start for link in links)
    share = linked / max(1, len(submission.body.strip()))
    for least, name in STEPS:
        if share >= least:
            return Signal(
                name=name,
                weight=POINTS[name],
                reason=f"{min(share, 1):.0%} of the text are links.",
                spans=mark("body", ((link.start, link.end) for link in links)),
            )
    return None
