"""Owns what moderators' requests say: read, checked, and turned into values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from werkzeug.datastructures import MultiDict

from moderation.domain.errors import InvalidInputError
from moderation.domain.statuses import Action, Status
from moderation.services.queues import Position

Fields = MultiDict[str, str]

LONGEST_WHY = 1_000
_SELECTED = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")
_NUMBER = re.compile(r"[0-9]{1,18}")
_POSITION = re.compile(r"([0-9T:.-]{19,26})Z_([0-9]{1,18})")
_BATCH = re.compile(r"[A-Za-z0-9_-]{1,32}")
# What PostgreSQL refuses and terminals obey; tab and line breaks are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Place:
    """The page that was decided on: a tab from `after` on, or a comment's own page.

    `next_id` is the comment to look at next, None for the top of the page.
    """

    status: Status
    after: Position | None = None
    comment_id: int | None = None
    next_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a moderator asks for: an action, and the comments in the state seen."""

    action: Action
    versions: Mapping[int, int]
    why: str
    place: Place


def read_place(fields: Fields) -> Place:
    """Return the place a request names; the queue of held comments if none.

    :raises InvalidInputError: if something that is named is none.
    """
    return Place(
        status=_read_status(read_single(fields, "status")),
        after=_read_position(read_single(fields, "after")),
        comment_id=_read_number(fields, "page"),
        next_id=_read_number(fields, "next"),
    )


def read_decided(fields: Fields) -> Decided:
    """Return what the form of a decision says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    try:
        action = Action(read_single(fields, "action"))
    except ValueError as error:
        offered = ", ".join(action.value for action in Action)
        raise InvalidInputError(
            {"action": [f"Choose what to do: {offered}."]}
        ) from error
    return Decided(
        action=action,
        versions=_read_versions(fields.getlist("comment")),
        why=_read_why(read_single(fields, "why")),
        place=read_place(fields),
    )


def read_batch(fields: Fields, name: str) -> str:
    """Return the batch a request names, "" if none or nothing that could be one."""
    batch = read_single(fields, name)
    return batch if _BATCH.fullmatch(batch) else ""


def read_decision(fields: Fields) -> int | None:
    """Return the id of the one decision a request is about, None if it names none."""
    return _read_number(fields, "decision")


def write_position(position: Position | None) -> str | None:
    """Return a position as it stands in an address."""
    if position is None:
        return None
    moment = position.created_at.replace(tzinfo=None).isoformat()
    return f"{moment}Z_{position.comment_id}"


def read_single(fields: Fields, name: str) -> str:
    """Return a field's value, "" if it is not there.

    :raises InvalidInputError: if it is there twice: which one was meant?
    """
    values = fields.getlist(name)
    if len(values) > 1:
        raise InvalidInputError({name: ["Give this once."]})
    return values[0] if values else ""


def _read_status(text: str) -> Status:
    try:
        return Status(text) if text else Status.HELD
    except ValueError as error:
        offered = ", ".join(status.value for status in Status)
        raise InvalidInputError({"status": [f"Choose one of {offered}."]}) from error


def _read_position(text: str) -> Position | None:
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    created_at = parse_moment(match[1]) if match else None
    if match is None or created_at is None:
        raise InvalidInputError(
            {"after": ["This is no place in the queue. Begin at its start."]}
        )
    return Position(created_at=created_at, comment_id=int(match[2]))


def parse_moment(text: str) -> datetime | None:
    """Return the instant an address names in UTC, None if it names none."""
    try:
        return datetime.fromisoformat(f"{text}+00:00")
    except ValueError:
        return None


def _read_number(fields: Fields, name: str) -> int | None:
    text = read_single(fields, name)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise InvalidInputError({name: ["This is no number."]})
    return int(text)


def _read_versions(selected: list[str]) -> dict[int, int]:
    versions: dict[int, int] = {}
    for text in selected:
        match = _SELECTED.fullmatch(text)
        if match is None:
            raise InvalidInputError(
                {"comment": ["Name each comment as its id, a colon and its version."]}
            )
        comment_id, version = int(match[1]), int(match[2])
        if versions.setdefault(comment_id, version) != version:
            raise InvalidInputError(
                {"comment": [f"Comment {comment_id} is named with two versions."]}
            )
    return versions


def _read_why(text: str) -> str:
    text = text.strip().replace("\r\n", "\n")
    if len(text) > LONGEST_WHY or _CONTROL.search(text):
        raise InvalidInputError(
            {"why": [f"Use up to {LONGEST_WHY} characters, and no control characters."]}
        )
    return text
