"""Looks at the words that the shipped prior knows."""

from collections.abc import Sequence
from heapq import nsmallest

from moderation.spam.context import Context
from moderation.spam.prior import SHIPPED
from moderation.spam.signal import Signal, Span, mark
from moderation.spam.submission import Submission
from moderation.spam.words import find_name_spans

MOST_QUOTED = 5


def find_prior_words(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal for or against spam from the hashed words of the prior.

    Catches the wording of spam whatever it links to. Trips on honest people who share
    a spammer's topic; the sum is damped by the length and bounded on both sides.
    Weight: fitted, see docs/model-card.md.
    """
    hashes = frozenset(submission.hashes)
    weight = SHIPPED.weigh_words(hashes)
    if not weight:
        return None
    names = _find_strongest(submission, hashes, side=1 if weight > 0 else -1)
    kind = "spam" if weight > 0 else "honest comments"
    return Signal(
        name="prior_words",
        weight=weight,
        reason=f"Words typical of {kind}: {', '.join(names)}.",
        spans=_mark_words(submission, names),
    )


def _find_strongest(
    submission: Submission, hashes: frozenset[int], *, side: int
) -> Sequence[str]:
    """Return the names of the words that weigh most for one side, the strongest first.

    Ties are ordered by name, so that the same text has the same reason everywhere.
    """
    names = submission.hashes
    weights = SHIPPED.weigh_each_word(hashes).items()
    weighed = [(-side * w, names[number]) for number, w in weights if side * w > 0]
    strongest = nsmallest(2 * MOST_QUOTED, weighed)
    return list(dict.fromkeys(name for _, name in strongest))[:MOST_QUOTED]


def _mark_words(submission: Submission, names: Sequence[str]) -> tuple[Span, ...]:
    return mark("body", find_name_spans(submission.body, frozenset(names)))
