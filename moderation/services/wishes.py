"""Owns what is looked for among comments: typed fields become a checked wish."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from moderation.domain.errors import InvalidInputError
from moderation.domain.questions import NAME, Part, read_question
from moderation.domain.statuses import Status
from moderation.domain.words import cut_words, is_unspaced
from moderation.storage.search import PUBLIC, Term

E = TypeVar("E", bound=StrEnum)

# The fields of a wish, as forms, addresses and commands name them.
WISHES = (
    "q",
    "site",
    "status",
    "thread",
    "from",
    "network",
    "reason",
    "least",
    "most",
    "campaign",
    "since",
    "until",
)
LONGEST_FIELD = 500
# Fewer letters begin too many words.
SHORTEST_BEGINNING = 3
# What no column can hold, so that nothing has it.
_UNSTORED = re.compile(r"[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,18}")
_PERCENT = re.compile(r"(?:100|[0-9]{1,2})%?")
_NETWORK = re.compile(r"[0-9a-f.:]{2,39}(?:/[0-9]{1,3})?")
_REASON = re.compile(r"[a-z0-9_ :]{1,60}")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What comments are looked for; None or "" where it does not matter.

    `terms` are words they have; `is_wordless` if something was typed that has none,
    so that nothing can be found. `email` is what somebody typed, who then must be
    allowed to see such; `author` is an address that was proved to be known. `least`
    and `most` are percents of the score. `since` and `until` are days in UTC, both
    included.
    """

    terms: Sequence[Term] = ()
    is_wordless: bool = False
    site_key: str = ""
    status: Status | None = None
    thread_id: int | None = None
    email: str = ""
    author: str = ""
    network: str = ""
    reason: str = ""
    least: int | None = None
    most: int | None = None
    campaign_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(kw_only=True)
class _Errors:
    """What can't be taken, by field."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, message: str) -> None:
        self.found[name] = [message]


def make_wish(typed: Mapping[str, str], *, author: str = "") -> Wish:
    """Return the wish that some fields (see `WISHES`) state.

    Filters written into `q` count where their own field is empty; what is no filter
    there, is looked for as a word.

    :raises InvalidInputError: naming the fields that can't be taken.
    """
    errors = _Errors()
    question = read_question(typed.get("q", ""))
    given = {name: _UNSTORED.sub("\ufffd", typed.get(name, "")) for name in WISHES}
    given = {name: value.strip() for name, value in given.items()}
    for name, value in given.items():
        if len(value) > LONGEST_FIELD:
            errors.add(name, f"Use up to {LONGEST_FIELD} characters.")
    parts = list(question.parts)
    for name, value in question.filters.items():
        if _is_filter(name, value) and not given[name]:
            given[name] = value
        elif given[name] != value:
            parts.append(Part(text=f"{name} {value}"))
    sender = given["from"]
    if sender and "@" not in sender:
        parts.append(Part(text=sender, field=NAME))
    terms = _make_terms(parts, errors)
    wish = Wish(
        terms=terms,
        is_wordless=bool(parts) and not terms,
        site_key=given["site"],
        status=_read_status(given["status"], errors),
        thread_id=_read_number(given, "thread", errors),
        email=sender if "@" in sender else "",
        author=author,
        network=_read_network(given["network"], errors),
        reason=_read_reason(given["reason"], errors),
        least=_read_percent(given, "least", errors),
        most=_read_percent(given, "most", errors),
        campaign_id=_read_number(given, "campaign", errors),
        since=_read_day(given, "since", errors),
        until=_read_day(given, "until", errors),
    )
    if errors.found:
        raise InvalidInputError(errors.found)
    return wish


def _is_filter(name: str, value: str) -> bool:
    """Return whether a value written into the search box can be one of a filter."""
    match name:
        case "status":
            return value.lower() in set(Status)
        case "network":
            return _NETWORK.fullmatch(value.lower()) is not None
        case "reason":
            return _REASON.fullmatch(value.lower()) is not None
        case "site":
            return re.fullmatch(r"[a-z0-9-]{1,60}", value) is not None
        case _:
            return len(value) <= LONGEST_FIELD


def _make_terms(parts: Sequence[Part], errors: _Errors) -> Sequence[Term]:
    terms = []
    for part in parts:
        words = cut_words(part.text, is_sought=True)
        if not words:
            continue
        last = words[-1]
        is_alone = len(words) == 1 and len(last) == 1 and is_unspaced(last)
        is_long = len(last) >= SHORTEST_BEGINNING or is_unspaced(last)
        terms.append(
            Term(
                words=words,
                fields=(NAME,) if part.field else PUBLIC,
                # One ideograph begins the pairs it stands in.
                is_prefix=is_alone or (part.is_prefix and is_long),
                is_unwanted=part.is_unwanted,
            )
        )
    if terms and all(term.is_unwanted for term in terms):
        errors.add("q", "Add a word that is wanted to those that are not.")
    return terms


def _read_status(text: str, errors: _Errors) -> Status | None:
    try:
        return Status(text.lower()) if text else None
    except ValueError:
        errors.add("status", f"Choose one of {', '.join(Status)}.")
        return None


def _read_number(given: Mapping[str, str], name: str, errors: _Errors) -> int | None:
    if not given[name]:
        return None
    if not _NUMBER.fullmatch(given[name]):
        errors.add(name, "This is no number.")
        return None
    return int(given[name])


def _read_percent(given: Mapping[str, str], name: str, errors: _Errors) -> int | None:
    if not given[name]:
        return None
    if not _PERCENT.fullmatch(given[name]):
        errors.add(name, "Give a percentage from 0 to 100.")
        return None
    return int(given[name].removesuffix("%"))


def _read_network(text: str, errors: _Errors) -> str:
    if text and not _NETWORK.fullmatch(text.lower()):
        errors.add("network", "Write it as cards do: 203.0.113.0/24.")
    return text.lower()


def _read_reason(text: str, errors: _Errors) -> str:
    name = text.lower()
    if text and not _REASON.fullmatch(name):
        errors.add("reason", "This is the name of no reason.")
    return name.replace(" ", "_")


def _read_day(given: Mapping[str, str], name: str, errors: _Errors) -> date | None:
    if not given[name]:
        return None
    try:
        day = date.fromisoformat(given[name])
    except ValueError:
        errors.add(name, "Write the day as 2026-03-31.")
        return None
    if not date.min < day < date.max:
        errors.add(name, "Give another day.")
    return day
