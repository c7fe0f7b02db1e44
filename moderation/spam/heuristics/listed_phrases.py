"""Looks for phrases of published lists of what spam says."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# The number of different phrases from which each weight counts, the highest first.
STEPS = ((5, "listed_phrases_5"), (2, "listed_phrases_2"), (1, "listed_phrases_1"))
UNLINKED_STEPS = (
    (5, "unlinked_phrases_5"),
    (2, "unlinked_phrases_2"),
    (1, "unlinked_phrases_1"),
)
MOST_QUOTED = 5


def find_listed_phrases(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal that grows with the number of different listed phrases.

    Catches offers of casinos, loans, spells, replicas and search engine ranking. Trips
    on honest talk about these trades, and on names of medicines, which stand on the
    lists: one hit is weak, and without a link, an e-mail address or a telephone number
    in the comment all count for less. Weights: fitted, see docs/model-card.md.
    """
    phrases = submission.listed_phrases
    is_linked = submission.link_hosts or submission.contacts
    for fewest, name in STEPS if is_linked else UNLINKED_STEPS:
        if len(phrases) >= fewest:
            quoted = ", ".join(list(phrases)[:MOST_QUOTED])
            return Signal(
                name=name,
                weight=POINTS[name],
                reason=f"Phrases often seen in spam: {quoted}.",
                spans=mark("body", phrases.values()),
            )
    return None
