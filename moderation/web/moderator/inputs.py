"""Owns what moderators' requests say: read, checked, and turned into values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from moderation.domain.errors import InvalidInputError
from moderation.domain.statuses import Action, Status
from moderation.services.notes import Remark
from moderation.services.queues import Order, Position, find_order
from moderation.services.replies import Reply

Fields = MultiDict[str, str]
Chosen = TypeVar("Chosen", bound=StrEnum)

LONGEST_WHY = 1_000
LONGEST_NOTE = 4_000
LONGEST_NAME = 100
LONGEST_REPLY = 65_525
LONGEST_QUERY = 4_000
_SELECTED = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")
_ONE = re.compile(r"([a-z]{1,20}) ([0-9]{1,18}:[0-9]{1,9})(?: ([0-9]{1,18}))?")
_NUMBER = re.compile(r"[0-9]{1,18}")
_POSITION = re.compile(r"([0-9T:.-]{19,26})Z_([0-9]{1,18})")
_BATCH = re.compile(r"[A-Za-z0-9_-]{1,32}")
# What PostgreSQL refuses and terminals obey; tab and line breaks are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Place:
    """The page that was decided on: a tab from `after` on, or a comment's own page.

    `order` is None if it is the one of the tab. `next_id` is the comment to look at
    next, None for the top of the page. `find` is the query of the page of Find that
    was decided on, "" if it was another.
    """

    status: Status
    order: Order | None = None
    after: Position | None = None
    find: str = ""
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
    status = _read_choice(fields, "status", Status) or Status.HELD
    order = _read_choice(fields, "order", Order)
    if order is Order.TURN and status is not Status.HELD:
        raise InvalidInputError({"order": ["Only held comments have a turn."]})
    return Place(
        status=status,
        order=None if order is find_order(status) else order,
        after=_read_position(read_single(fields, "after")),
        comment_id=_read_number(fields, "page"),
        next_id=_read_number(fields, "next"),
        find=read_single(fields, "find")[:LONGEST_QUERY],
    )


def read_decided(fields: Fields) -> Decided:
    """Return what the form of a decision says.

    The button of a card says all in one: "spam 12:1 13" is the action, the comment in
    the version seen, and the comment to look at next, if there is one.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    fields = _spread_one(fields)
    action = _read_choice(fields, "action", Action)
    if action is None:
        offered = ", ".join(action.value for action in Action)
        raise InvalidInputError({"action": [f"Choose what to do: {offered}."]})
    return Decided(
        action=action,
        versions=_read_versions(fields.getlist("comment")),
        why=_read_text(fields, "why", LONGEST_WHY),
        place=read_place(fields),
    )


def is_for_held(fields: Fields) -> bool:
    """Return whether an action is for all that is held, not for what is selected."""
    return read_single(fields, "scope") == "held"


def read_remark(fields: Fields) -> Remark:
    """Return what the form of a note says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    return Remark(
        body=_read_text(fields, "note", LONGEST_NOTE),
        version=_read_number(fields, "version") or 0,
    )


def read_reply(fields: Fields) -> Reply:
    """Return what the form of a reply says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    name = " ".join(_read_text(fields, "name", LONGEST_NAME).split())
    body = _read_text(fields, "reply", LONGEST_REPLY)
    missing = {
        field: [f"Write {what}."]
        for field, text, what in (
            ("name", name, "the name to sign with"),
            ("reply", body, "a reply"),
        )
        if not text
    }
    if missing:
        raise InvalidInputError(missing)
    return Reply(name=name, body=body)


def read_version(fields: Fields) -> int:
    """Return the version of the comment that was seen.

    :raises InvalidInputError: if there is none.
    """
    version = _read_number(fields, "seen")
    if version is None:
        raise InvalidInputError({"seen": ["Name the version of the comment."]})
    return version


def read_since(fields: Fields) -> int:
    """Return the id of the last comment that a page knew of; 0 if it names none."""
    return _read_number(fields, "since") or 0


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
    moment = position.moment.replace(tzinfo=None).isoformat()
    return f"{moment}Z_{position.comment_id}"


def read_single(fields: Fields, name: str) -> str:
    """Return a field's value, "" if it is not there.

    :raises InvalidInputError: if it is there twice: which one was meant?
    """
    values = fields.getlist(name)
    if len(values) > 1:
        raise InvalidInputError({name: ["Give this once."]})
    return values[0] if values else ""


def _spread_one(fields: Fields) -> Fields:
    """Return the fields with what the button of a card says in fields of its own."""
    one = read_single(fields, "one")
    if not one:
        return fields
    match = _ONE.fullmatch(one)
    if match is None:
        raise InvalidInputError(
            {"one": ["Say what to do, to which comment, and which comes next."]}
        )
    spread = fields.copy()
    for name, value in zip(("action", "comment", "next"), match.groups(), strict=True):
        if value is not None:
            spread.add(name, value)
    return spread


def _read_choice(fields: Fields, name: str, kind: type[Chosen]) -> Chosen | None:
    text = read_single(fields, name)
    try:
        return kind(text) if text else None
    except ValueError as error:
        offered = ", ".join(member.value for member in kind)
        raise InvalidInputError({name: [f"Choose one of {offered}."]}) from error


def _read_position(text: str) -> Position | None:
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    moment = parse_moment(match[1]) if match else None
    if match is None or moment is None:
        raise InvalidInputError(
            {"after": ["This is no place in the queue. Begin at its start."]}
        )
    return Position(moment=moment, comment_id=int(match[2]))


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


def _read_text(fields: Fields, name: str, most: int) -> str:
    text = read_single(fields, name).strip().replace("\r\n", "\n")
    if len(text) > most or _CONTROL.search(text):
        raise InvalidInputError(
            {name: [f"Use up to {most:,} characters, and no control characters."]}
        )
    return text
