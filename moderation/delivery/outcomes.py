"""Owns what an answer to a webhook means: arrived, to be tried again, or given up."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from moderation.delivery.transport import Answer, FetchError
from moderation.domain.pace import Pace
from moderation.services.deliveries import Parcel
from moderation.services.delivery_results import GONE, Result
from moderation.services.endpoint_keys import UnreadableSecretError

DIGITS = 9
RANDOM = random.SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one request came to. `asked` is how long the receiver asked us to wait."""

    has_arrived: bool
    status: int | None = None
    answer: str = ""
    error: str = ""
    asked: timedelta | None = None

    def conclude(
        self, parcel: Parcel, *, milliseconds: int, at: datetime, pace: Pace
    ) -> Result:
        """Return what to record of an attempt, and when to make the next."""
        delay = None
        if not self.has_arrived and self.status != GONE:
            spread = RANDOM.random()
            delay = pace.find_delay(parcel.tries, spread=spread, asked=self.asked)
        return Result(
            parcel=parcel,
            has_arrived=self.has_arrived,
            status=self.status,
            milliseconds=milliseconds,
            answer=self.answer,
            error=self.error,
            next_at=None if delay is None else at + delay,
        )


def describe_failure(error: FetchError | UnreadableSecretError) -> Outcome:
    """Return the outcome of a request that got no answer, or could not be signed."""
    return Outcome(has_arrived=False, error=str(error))


def describe_breakdown(error: Exception) -> Outcome:
    """Return the outcome of a request that we could not even make."""
    return Outcome(
        has_arrived=False,
        error=f"Something broke here ({type(error).__name__}); the log has more.",
    )


def describe_answer(answer: Answer, *, at: datetime) -> Outcome:
    """Return the outcome of an answer: 2xx has arrived, all else has not."""
    has_arrived = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
    return Outcome(
        has_arrived=has_arrived,
        status=answer.status,
        # NUL is no text for PostgreSQL.
        answer=answer.body.decode("utf-8", errors="replace").replace("\0", "\ufffd"),
        error="" if has_arrived else _name_problem(answer.status),
        asked=read_retry_after(answer.headers.get("retry-after", ""), at=at),
    )


def read_retry_after(value: str, *, at: datetime) -> timedelta | None:
    """Return how long a Retry-After asks to wait (RFC 9110, 10.2.3), None if not."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:DIGITS]))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(), until.replace(tzinfo=until.tzinfo or UTC) - at)


def _name_problem(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "It answered with a redirect, which is not followed."
    return f"It answered with status {status}."
