"""Looks at the words that the shipped prior knows."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from moderation.spam.context import Context
from moderation.spam.naming import list_readable
from moderation.spam.prior import SHIPPED
from moderation.spam.signal import Signal, Span, mark
from moderation.spam.submission import Submission

MOST_QUOTED, MOST_TRIED = 5, 40
# Places of a word inside of others that are passed over; it bounds the time.
MOST_TRIES = 20


def _find_sides() -> tuple[int, int]:
    each = SHIPPED.weigh_each_word()
    weights = [each[number] for number in SHIPPED.words[1:]]
    return 1 + bisect_left(weights, 0.0), 1 + bisect_right(weights, 0.0)


# Words stand in order of what they weigh: those before the first of these places speak
# for honesty, those from the second on for spam.
HONEST_END, SPAM_START = _find_sides()


def find_prior_words(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal for or against spam from the hashed words of the prior.

    Catches the wording of spam whatever it links to. Trips on honest people who share
    a spammer's topic; the sum is damped by the length and bounded on both sides.
    Weight: fitted, see docs/model-card.md.
    """
    known = SHIPPED.find_words(submission.hashes)
    weight = SHIPPED.weigh(known)
    if not weight:
        return None
    strongest = _find_strongest(submission, known.places, is_spam=weight > 0)
    names = list(islice(list_readable(strongest, submission), MOST_QUOTED))
    return Signal(
        name="prior_words",
        weight=weight,
        reason=_describe(names, is_spam=weight > 0),
        spans=_mark_words(submission, names),
    )


def _describe(names: Sequence[str], *, is_spam: bool) -> str:
    kind = "spam" if is_spam else "honest comments"
    if not names:
        return f"All in all, the words are more like those of {kind}."
    return f"Words typical of {kind}: {', '.join(names)}."


def _find_strongest(
    submission: Submission, places: Sequence[int], *, is_spam: bool
) -> Iterator[str]:
    """Yield the names of the words that weigh most for one side, the strongest first.

    Two words may have one name.
    """
    strongest = places[: -MOST_TRIED - 1 : -1] if is_spam else places[:MOST_TRIED]
    numbers, hashes = SHIPPED.words, submission.hashes
    for place in strongest:
        if (place >= SPAM_START) if is_spam else (place < HONEST_END):
            yield hashes[numbers[place]]


def _mark_words(submission: Submission, names: Sequence[str]) -> tuple[Span, ...]:
    """Return where words and pairs of words with these names stand first."""
    places = (_find_word(submission.low_text, name) for name in names)
    return mark("body", sorted(place for place in places if place))


def _find_word(low_text: str, name: str) -> tuple[int, int] | None:
    """Return where a name stands that no letter goes on."""
    start = low_text.find(name)
    for _ in range(MOST_TRIES):
        end = start + len(name)
        if start < 0:
            return None
        if (
            not low_text[end : end + 1].isalnum()
            and not low_text[max(0, start - 1) : start].isalnum()
        ):
            return start, end
        start = low_text.find(name, start + 1)
    return None
