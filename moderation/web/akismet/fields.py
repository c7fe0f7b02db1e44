"""Owns the fields of Akismet's requests: what of them the filter looks at."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from werkzeug.datastructures import MultiDict

from moderation.services.calls import find_month
from moderation.spam.submission import Submission
from moderation.storage.models.base import now
from moderation.web.akismet.keys import InvalidKeyError

LONGEST_TEXT = 65_525
LONGEST_FIELD = 2_000
# What Akismet has clients test with, and what it is to answer.
SPAM_AUTHOR = "viagra-test-123"
SPAM_EMAIL = "akismet-guaranteed-spam@example.com"
HAM_ROLE = "administrator"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REPLY = re.compile(r"reply", re.IGNORECASE)


def read_fields(given: MultiDict[str, str]) -> Mapping[str, str]:
    """Return the fields of a request, each given once.

    :raises InvalidKeyError: if one is given twice: which one was meant?
    """
    doubled = [name for name, values in given.lists() if len(values) > 1]
    if doubled:
        shown = _FORBIDDEN.sub("?", doubled[0])[:50].encode("ascii", "replace").decode()
        raise InvalidKeyError(f"Give {shown!r} once.")
    return {name: _FORBIDDEN.sub(" ", value) for name, value in given.items()}


def require(fields: Mapping[str, str], *names: str) -> None:
    """Refuse a request without what Akismet needs. :raises InvalidKeyError: if so."""
    for name in names:
        if not fields.get(name, "").strip():
            raise InvalidKeyError(f'Empty "{name}" value')


def read_submission(fields: Mapping[str, str]) -> Submission:
    """Return the comment a request is about."""
    author = fields.get("comment_author", "")[:LONGEST_FIELD]
    return Submission(
        body=fields.get("comment_content", "")[:LONGEST_TEXT],
        author=author,
        email=fields.get("comment_author_email", "")[:LONGEST_FIELD],
        website=fields.get("comment_author_url", "")[:LONGEST_FIELD],
        ip=fields.get("user_ip", "")[:45],
        user_agent=fields.get("user_agent", "")[:500],
        posted_at=_read_instant(fields.get("comment_date_gmt", "")),
        thread=fields.get("permalink", "")[:LONGEST_FIELD],
        is_reply=_REPLY.search(fields.get("comment_type", "")) is not None,
    )


def find_set_answer(fields: Mapping[str, str]) -> bool | None:
    """Return what is answered whatever the filter thinks, None if it is asked."""
    if fields.get("comment_author") == SPAM_AUTHOR:
        return True
    if fields.get("comment_author_email") == SPAM_EMAIL:
        return True
    return False if fields.get("user_role") == HAM_ROLE else None


def is_test(fields: Mapping[str, str]) -> bool:
    """Return whether nothing is to be learnt of a request."""
    return fields.get("is_test", "").strip().lower() not in {"", "0", "false"}


def read_month(fields: Mapping[str, str]) -> date:
    """Return the first day of the month that is asked about, this one if none is.

    :raises InvalidKeyError: if it is no month.
    """
    text = fields.get("month", "").strip()
    if not text:
        return find_month(now())
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise InvalidKeyError('Write the "month" as 2026-03.') from error


def _read_instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
