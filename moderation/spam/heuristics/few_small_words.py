"""Looks for texts without the small words that sentences are made of."""

from moderation.spam.context import Context
from moderation.spam.lists import SMALL_WORDS
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

FEWEST_WORDS = 6
LEAST_SHARE = 0.12
SCRIPT = "Latin"


def find_few_small_words(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if fewer than an eighth of the words are "the", "and" or such.

    Catches lists of keywords. Trips on languages other than those of the list
    (English, Dutch, French, German, Spanish, Italian, Portuguese); other scripts than
    the Latin one never count. Weight: fitted, see docs/model-card.md.
    """
    words = submission.words
    scripts = submission.scripts
    if len(words) < FEWEST_WORDS or 2 * scripts.get(SCRIPT, 0) < sum(scripts.values()):
        return None
    # The first half has enough of them in most texts.
    for some in (words[: len(words) // 2], words):
        if sum(map(SMALL_WORDS.__contains__, some)) / len(words) >= LEAST_SHARE:
            return None
    return Signal(
        name="few_small_words",
        weight=POINTS["few_small_words"],
        reason="Hardly any of the small words that sentences are made of.",
    )
