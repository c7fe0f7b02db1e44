"""Owns the types of what the API takes and gives: each reads values, and tells itself.

What is said here becomes the OpenAPI document, and what is read here is what the views
get: the two can't part.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Never

from moderation.domain.errors import InvalidInputError

GREATEST = 2**63 - 1
# C0 controls but tab and line breaks, and halves of surrogate pairs: databases and
# codecs choke on them, and nobody types them.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# The same for readers of the document, whose texts have no lone surrogates.
PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_LINE = re.compile(r"[\t\r\n]")
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_WHOLE = re.compile(r"-?[0-9]{1,19}")
OWN = ""

Schema = dict[str, Any]


def refuse(message: str) -> Never:
    """Refuse a value. :raises InvalidInputError: always."""
    raise InvalidInputError({OWN: [message]})


@dataclass(frozen=True, kw_only=True)
class Field:
    """A value. `about` says in words what it is."""

    about: str = ""

    def describe(self) -> Schema:
        """Return the JSON Schema (2020-12) of the value."""
        schema = self.describe_type()
        return {**schema, "description": self.about} if self.about else schema

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {}

    def read(self, value: object) -> Any:  # noqa: ANN401 each type has its own
        """Return what a decoded value stands for.

        :raises InvalidInputError: if it can't be taken, by path, "" for itself.
        """
        return value

    def parse(self, text: str) -> Any:  # noqa: ANN401 as above
        """Return what a parameter of an address stands for. :raises: as `read`."""
        return self.read(text)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Text of some length, in code points; `is_line`: without line breaks."""

    least: int = 0
    most: int | None = None
    is_line: bool = False
    form: str = ""

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        schema: Schema = {"type": "string"}
        if self.least:
            schema["minLength"] = self.least
        if self.most is not None:
            schema["maxLength"] = self.most
            schema["pattern"] = ONE_LINE if self.is_line else PRINTABLE
        return {**schema, "format": self.form} if self.form else schema

    def read(self, value: object) -> str:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if not isinstance(value, str):
            refuse("Give this as text.")
        if _FORBIDDEN.search(value) or (self.is_line and _LINE.search(value)):
            refuse("Take out the control characters.")
        if self.most is not None and len(value) > self.most:
            refuse(f"Shorten this to {self.most:,} characters; it has {len(value):,}.")
        if len(value) < self.least:
            refuse(f"Give at least {self.least} character(s).")
        return value


@dataclass(frozen=True, kw_only=True)
class Whole(Field):
    """A whole number."""

    least: int = 0
    most: int = GREATEST

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def read(self, value: object) -> int:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            refuse("Give this as a whole number.")
        if not self.least <= value <= self.most:
            refuse(f"Give a number from {self.least} to {self.most}.")
        return value

    def parse(self, text: str) -> int:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if not _WHOLE.fullmatch(text):
            refuse("Give this as a whole number.")
        return self.read(int(text))


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number; only given, never taken."""

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {"type": "number"}


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """A yes or no."""

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {"type": "boolean"}

    def read(self, value: object) -> bool:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if not isinstance(value, bool):
            refuse("Give true or false.")
        return value


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One member of an enum."""

    of: type[StrEnum]

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {"type": "string", "enum": [member.value for member in self.of]}

    def read(self, value: object) -> StrEnum:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        offered = ", ".join(member.value for member in self.of)
        if not isinstance(value, str) or value not in set(self.of):
            refuse(f"Choose one of {offered}.")
        return self.of(value)


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """An instant, as RFC 3339 writes it."""

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {"type": "string", "format": "date-time"}

    def read(self, value: object) -> datetime:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        message = "Write the instant as 2026-03-31T12:00:00Z."
        if not isinstance(value, str):
            refuse(message)
        try:
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo else refuse(message)
        except (ValueError, OverflowError):
            refuse(message)


@dataclass(frozen=True, kw_only=True)
class Maybe(Field):
    """Another value, or null."""

    of: Field

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        schema = self.of.describe()
        if "$ref" in schema or "enum" in schema:
            return {"anyOf": [schema, {"type": "null"}]}
        return {**schema, "type": [schema["type"], "null"]}

    def read(self, value: object) -> Any:  # noqa: ANN401 as the other
        """Return it. :raises InvalidInputError: if it can't be taken."""
        return None if value is None else self.of.read(value)


@dataclass(frozen=True, kw_only=True)
class Many(Field):
    """A list of values of one type."""

    of: Field
    least: int = 0
    most: int | None = None

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        schema: Schema = {"type": "array", "items": self.of.describe()}
        if self.least:
            schema["minItems"] = self.least
        return schema if self.most is None else {**schema, "maxItems": self.most}

    def read(self, value: object) -> list[Any]:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if not isinstance(value, list):
            refuse("Give this as a list.")
        if self.most is not None and not self.least <= len(value) <= self.most:
            refuse(f"Give from {self.least} to {self.most} of these.")
        return [_read_part(self.of, one, str(i)) for i, one in enumerate(value)]


@dataclass(frozen=True, kw_only=True)
class Names(Field):
    """Texts by name: an object without known members."""

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        values = {"type": "string", "maxLength": 2_000}
        return {"type": "object", "additionalProperties": values}

    def read(self, value: object) -> Mapping[str, str]:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if not isinstance(value, dict):
            refuse("Give this as an object of texts.")
        text = Text(most=2_000)
        return {text.read(name): text.read(one) for name, one in value.items()}


@dataclass(frozen=True, kw_only=True)
class Anything(Field):
    """An object that is told elsewhere."""

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        return {"type": "object", "additionalProperties": True}


@dataclass(frozen=True, kw_only=True)
class Shape(Field):
    """An object with members of a name and type each; others are refused.

    `needed` must be there; what is only given has all of them there. A shape that has
    a `name` is described once and referred to.
    """

    name: str = ""
    members: Mapping[str, Field]
    needed: frozenset[str] = field(default_factory=frozenset)

    def describe_type(self) -> Schema:
        """Return the schema without the words."""
        if self.name:
            return {"$ref": f"#/components/schemas/{self.name}"}
        return self.describe_members()

    def describe_members(self) -> Schema:
        """Return the schema itself, though the shape has a name."""
        schema: Schema = {
            "type": "object",
            "properties": {n: one.describe() for n, one in self.members.items()},
            "additionalProperties": False,
        }
        return {**schema, "required": sorted(self.needed)} if self.needed else schema

    def read(self, value: object) -> dict[str, Any]:
        """Return it. :raises InvalidInputError: if it can't be taken."""
        if not isinstance(value, dict):
            refuse("Give this as an object.")
        return self._collect(value, lambda member, one: member.read(one))

    def parse_fields(self, given: Mapping[str, list[str]]) -> dict[str, Any]:
        """Return what the parameters of an address say. :raises: as `read`."""
        doubled = {n: ["Give this once."] for n, v in given.items() if len(v) > 1}
        if doubled:
            raise InvalidInputError(doubled)
        texts = {name: values[0] for name, values in given.items()}
        return self._collect(texts, lambda member, one: member.parse(one))

    def _collect(self, given: Mapping[str, Any], read: Any) -> dict[str, Any]:  # noqa: ANN401 a way to read
        errors: dict[str, list[str]] = {}
        found: dict[str, Any] = {}
        for name, value in given.items():
            if name not in self.members:
                known = ", ".join(self.members) or "none"
                errors[_show(name)] = [f"There is no such field. There are: {known}."]
                continue
            try:
                found[name] = read(self.members[name], value)
            except InvalidInputError as error:
                errors.update(_prefix(error, name))
        for name in sorted(self.needed - given.keys()):
            errors[name] = ["This is missing."]
        if errors:
            raise InvalidInputError(errors)
        return found


def given_shape(title: str, /, **members: Field) -> Shape:
    """Return the shape of something that is given: all its members are there."""
    return Shape(name=title, members=members, needed=frozenset(members))


def _read_part(part: Field, value: object, name: str) -> Any:  # noqa: ANN401 as the part
    try:
        return part.read(value)
    except InvalidInputError as error:
        raise InvalidInputError(_prefix(error, name)) from error


def _prefix(error: InvalidInputError, name: str) -> dict[str, list[str]]:
    return {
        f"{name}.{path}" if path else name: list(messages)
        for path, messages in error.errors.items()
    }


def _show(name: str) -> str:
    """Return a name somebody made up, fit to be sent back."""
    return _FORBIDDEN.sub("?", name)[:100]
