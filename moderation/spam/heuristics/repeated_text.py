"""Looks for text that repeats itself."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

LENGTH = 5
FEWEST_WORDS = 25
# More than this is not compared: it bounds the time.
MOST_WORDS = 2_000
LEAST_SHARE = 0.30


def find_repeated_text(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if much of the text stands in it more than once.

    Catches texts filled up by repetition, and forms filled by a program with the same
    paragraph several times. Trips on song lyrics and on quotes with their answer.
    Weight: not measured, conservative.
    """
    words = submission.words
    if len(words) < FEWEST_WORDS:
        return None
    different = submission.vocabulary
    if len(words) > MOST_WORDS:
        words = words[:MOST_WORDS]
        different = dict.fromkeys(words)
    # No more runs can repeat others than words do.
    if len(words) - len(different) < LEAST_SHARE * (len(words) - LENGTH + 1):
        return None
    runs = list(zip(*(words[start:] for start in range(LENGTH)), strict=False))
    if len(runs) - len(set(runs)) < LEAST_SHARE * len(runs):
        return None
    first_places: dict[tuple[str, ...], int] = {}
    repeats = [
        place
        for place, run in enumerate(runs)
        if first_places.setdefault(run, place) != place
    ]
    share = len(repeats) / len(runs)
    spans = submission.word_spans
    return Signal(
        name="repeated_text",
        weight=POINTS["repeated_text"],
        reason=f"{share:.0%} of the text repeats what it said before.",
        spans=mark(
            "body",
            (
                (spans[first][0], spans[last + LENGTH - 1][1])
                for first, last in _join(repeats)
            ),
        ),
    )


def _join(places: list[int]) -> list[tuple[int, int]]:
    """Return the runs of neighbouring numbers, as first and last."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
