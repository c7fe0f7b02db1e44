"""Looks for texts that are mostly links."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# Links per word or link: the least share for each weight, the highest first.
STEPS = ((0.20, "link_density_20"), (0.10, "link_density_10"))
FEWEST_LINKS = 2


def find_link_density(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if at least every tenth, or every fifth, word is a link.

    Catches several links with an excuse around them. Trips on honest lists of sources.
    A lone link does not count, however few the words around it: that is how honest
    people answer, and with it the filter caught less on every choice of three out of
    four blogs. Weight from a fifth on: measured (design, section 6); from a tenth on:
    not measured, conservative.
    """
    links = len(submission.links)
    if links < FEWEST_LINKS:
        return None
    share = links / (links + len(submission.words))
    for least, name in STEPS:
        if share >= least:
            return Signal(
                name="link_density",
                weight=POINTS[name],
                reason=f"{share:.0%} of the words are links.",
                spans=mark(
                    "body", ((link.start, link.end) for link in submission.links)
                ),
            )
    return None
