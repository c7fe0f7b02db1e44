"""Owns reading JSON that others wrote: strictly, so that all readers read it alike."""

import json
from typing import Never

from moderation.domain.errors import ModerationError


class MalformedBodyError(ModerationError):
    """A body that can't be read at all. It is answered with 400."""


def parse_document(text: str) -> object:
    """Return what a JSON document holds.

    :raises MalformedBodyError: if it is none, or a name stands twice in one object.
    """
    try:
        document: object = json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_doubles
        )
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError(
            "The body is not valid JSON. Send one object, as RFC 8259 has it."
        ) from error
    return document


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")


def _refuse_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; two members of one name mean different things to readers.

    :raises ValueError: if it has such.
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return members
