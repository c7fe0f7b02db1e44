"""Looks at what the words of a comment meant on this site so far."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from moderation.spam.context import Context
from moderation.spam.learning import (
    Learnt,
    compute_ratios,
    find_words,
    score_words,
)
from moderation.spam.naming import list_readable
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, Span, mark
from moderation.spam.submission import Submission
from moderation.spam.words import find_name_spans

MOST_NAMED = 6
# What is no reason to show: a word seen once, or hardly commoner in one kind.
LEAST_SEEN, LEAST_RATIO = 2, 0.5


def find_site_words(submission: Submission, context: Context) -> Signal | None:
    """Return a signal if the site's decisions have taught something on these words.

    Catches what this site's spam talks about, and clears what its readers talk about.
    Trips on honest comments on the subject of a campaign; both kinds are therefore
    needed before it counts for much. Weight: measured on the streams of four blogs.
    """
    learnt = context.learnt
    if learnt is None or not learnt.words:
        return None
    words = find_words(submission)
    ratios = compute_ratios(words, learnt.words, learnt.totals)
    score = score_words(ratios, len(words), learnt)
    if not score:
        return None
    telling = _find_telling(submission, learnt, ratios, is_spam=score > 0)
    named = list(islice(list_readable(telling, submission), MOST_NAMED))
    return Signal(
        name="site_words",
        weight=POINTS["site_words"] * score,
        reason=_describe(named, is_spam=score > 0),
        spans=_mark_names(submission, named),
    )


def _find_telling(
    submission: Submission,
    learnt: Learnt,
    ratios: Mapping[int, float],
    *,
    is_spam: bool,
) -> Iterator[str]:
    """Yield the names of words that speak for one side, the strongest first."""
    side = 1 if is_spam else -1
    strong = [
        (-side * ratio, submission.hashes[number], number)
        for number, ratio in ratios.items()
        if side * ratio >= LEAST_RATIO
    ]
    for _, name, number in sorted(strong):
        if sum(learnt.words[number]) >= LEAST_SEEN:
            yield name


def _describe(named: Sequence[str], *, is_spam: bool) -> str:
    if not named:
        kind = "spam" if is_spam else "approved comments"
        return f"All in all, the words are more like this site's {kind}."
    kind = "this site's spam uses" if is_spam else "approved here"
    return f"Words {kind}: {', '.join(f'“{name}”' for name in named)}."


def _mark_names(submission: Submission, named: Sequence[str]) -> tuple[Span, ...]:
    if not named:
        return ()
    return mark("body", find_name_spans(submission.body, frozenset(named)))
