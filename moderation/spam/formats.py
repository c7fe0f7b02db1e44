"""Owns the JSON forms of a submission and a judgement (lines of `moderation judge`)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moderation.spam.pipeline import Judgement
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission
from moderation.spam.verdict import Verdict

# The name in the JSON object, and the field of the submission it fills.
TEXTS = {
    "author": "author",
    "email": "email",
    "url": "website",
    "ip": "ip",
    "user_agent": "user_agent",
    "thread": "thread",
}
LONGEST_BODY = 65_525


class SubmissionFormatError(ValueError):
    """An object that is no submission; the message says what to change."""


def read_submission(line: object) -> Submission:
    """Return the submission a decoded JSON line holds; unknown fields are passed over.

    Missing fields and fields that are null count as not given.

    :raises SubmissionFormatError: if it is no object, `id` or `body` is missing, or a
        field has the wrong type.
    """
    if not isinstance(line, Mapping):
        raise SubmissionFormatError("Give one JSON object a line.")
    if not isinstance(line.get("id"), str | int) or isinstance(line["id"], bool):
        raise SubmissionFormatError('Give an "id" that is a string or a whole number.')
    if not isinstance(line.get("body"), str):
        raise SubmissionFormatError('Give a "body" that is a string.')
    if len(line["body"]) > LONGEST_BODY:
        raise SubmissionFormatError(
            f'Give a "body" of at most {LONGEST_BODY} characters.'
        )
    texts = {field: _read_text(line, name) for name, field in TEXTS.items()}
    return Submission(
        body=line["body"],
        posted_at=_read_instant(line),
        is_reply=_read_flag(line),
        **texts,
    )


def write_judgement(
    id: str | int,  # noqa: A002 - the word of the format
    judgement: Judgement,
    verdict: Verdict,
) -> dict[str, Any]:
    """Return the JSON object that answers the line with this `id`."""
    return {
        "id": id,
        "score": judgement.score,
        "verdict": verdict.value,
        "signals": [write_signal(signal) for signal in judgement.signals],
    }


def write_signal(signal: Signal) -> dict[str, Any]:
    """Return the JSON object of one signal."""
    return {
        "name": signal.name,
        "weight": signal.weight,
        "reason": signal.reason,
        "spans": [
            {"field": span.field, "start": span.start, "end": span.end}
            for span in signal.spans
        ],
    }


def _read_text(line: Mapping[str, object], name: str) -> str:
    value = line.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise SubmissionFormatError(f'Give "{name}" as a string, or leave it out.')
    return value


def _read_flag(line: Mapping[str, object]) -> bool:
    value = line.get("reply")
    if value is None:
        return False
    if not isinstance(value, bool):
        raise SubmissionFormatError('Give "reply" as true or false, or leave it out.')
    return value


def _read_instant(line: Mapping[str, object]) -> datetime | None:
    """Return the aware instant in `date`; one without an offset is taken as UTC."""
    text = _read_text(line, "date")
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise SubmissionFormatError(
            'Give "date" in ISO 8601, such as 2026-01-31T12:00:00Z, or leave it out.'
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
