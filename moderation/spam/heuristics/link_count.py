"""Looks for several links in one comment."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# The number of links from which each weight counts, the highest first.
STEPS = ((6, "link_count_6"), (3, "link_count_3"), (2, "link_count_2"))


def find_link_count(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal from two links on, stronger from three and from six.

    Catches link lists and comments that sell several pages at once. Trips on honest
    comments that collect sources: 0.7% of the published comments of a programmer's
    blog have three or more. Weights not measured jointly, conservative.
    """
    count = len(submission.links)
    for fewest, name in STEPS:
        if count >= fewest:
            return Signal(
                name="link_count",
                weight=POINTS[name],
                reason=f"There are {count} links in the text.",
                spans=mark(
                    "body", ((link.start, link.end) for link in submission.links)
                ),
            )
    return None
