"""Owns what an outside opinion on a comment is: read strictly, weighed in bounds."""

import json
import math
from dataclasses import dataclass

# Log-odds. What speaks for a comment counts little: it is what spammers would buy.
LEAST_WEIGHT, MOST_WEIGHT = -1.0, 4.0
LONGEST_REASON = 200
# More than the answer asked for will ever be.
MOST_BYTES = 16_384
EXPECTED = 'Answer with JSON like {"score": 0.93, "reason": "Known campaign"}.'


class MalformedOpinionError(ValueError):
    """An answer that is no opinion; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What a classifier outside thinks: `score` is the probability of spam, 0 to 1.

    `reason` is one line for moderators, "" if it gave none.
    """

    score: float
    reason: str = ""

    @property
    def weight(self) -> float:
        """What it adds to the log-odds of spam, however certain it is of itself."""
        if self.score <= 0:
            return LEAST_WEIGHT
        if self.score >= 1:
            return MOST_WEIGHT
        log_odds = math.log(self.score / (1 - self.score))
        return max(LEAST_WEIGHT, min(MOST_WEIGHT, log_odds))


def read_opinion(body: bytes) -> Opinion:
    """Return the opinion an answer holds.

    :raises MalformedOpinionError: if it holds none.
    """
    if len(body) > MOST_BYTES:
        raise MalformedOpinionError(f"The answer is longer than {MOST_BYTES:,} bytes.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedOpinionError(f"The answer is no JSON. {EXPECTED}") from error
    if not isinstance(found, dict):
        raise MalformedOpinionError(f"The answer is no JSON object. {EXPECTED}")
    return Opinion(
        score=_read_score(found.get("score")), reason=_read_reason(found.get("reason"))
    )


def _read_score(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Not a number, NaN, is neither below nor above anything.
    if not is_number or not 0 <= value <= 1:  # type: ignore[operator]
        raise MalformedOpinionError(f"Its score is no number from 0 to 1. {EXPECTED}")
    return float(value)  # type: ignore[arg-type]


def _read_reason(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedOpinionError(f"Its reason is no text. {EXPECTED}")
    shown = "".join(c if c.isprintable() else " " for c in value[: 2 * LONGEST_REASON])
    return " ".join(shown.split())[:LONGEST_REASON]
