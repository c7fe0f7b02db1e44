"""Looks at what the words of a comment meant on this site so far."""

from collections.abc import Mapping, Sequence

from moderation.spam.context import Context
from moderation.spam.learning import (
    UNSEEN,
    Learnt,
    compute_ratio,
    find_words,
    score_words,
)
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, Span, mark
from moderation.spam.submission import Submission
from moderation.spam.twins import STOP_WORDS
from moderation.spam.words import LENGTH_NAMES, find_name_spans

MOST_NAMED = 6
# What is no reason to show: a word seen once, or hardly commoner in one kind, or said
# in any text.
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
    score = score_words(find_words(submission), learnt)
    if not score:
        return None
    named = _find_strongest(submission.hashes, learnt, side=1 if score > 0 else -1)
    return Signal(
        name="site_words",
        weight=POINTS["site_words"] * score,
        reason=_describe(named, is_spam=score > 0),
        spans=_mark_names(submission, named),
    )


def _find_strongest(
    hashes: Mapping[int, str], learnt: Learnt, *, side: int
) -> Sequence[str]:
    """Return the names of the words that say most for one side, the strongest first."""
    ratios = {
        name: side * compute_ratio(learnt.words[number], learnt.totals)
        for number, name in hashes.items()
        if sum(learnt.words.get(number, UNSEEN)) >= LEAST_SEEN and _is_telling(name)
    }
    strong = [name for name, ratio in ratios.items() if ratio >= LEAST_RATIO]
    return sorted(strong, key=lambda name: (-ratios[name], name))[:MOST_NAMED]


def _is_telling(name: str) -> bool:
    """Return whether a word is more than a number of words or a small word."""
    return name not in LENGTH_NAMES and not set(name.split()) <= STOP_WORDS


def _describe(named: Sequence[str], *, is_spam: bool) -> str:
    if not named:
        kind = "spam" if is_spam else "approved comments"
        return f"All in all, the words are more like this site's {kind}."
    kind = "this site's spam uses" if is_spam else "approved here"
    return f"Words {kind}: {', '.join(f'“{name}”' for name in named)}."


def _mark_names(submission: Submission, named: Sequence[str]) -> tuple[Span, ...]:
    return mark("body", find_name_spans(submission.body, frozenset(named)))
