"""Owns the types of what the API takes and gives: each reads values, and tells itself.

What is said here becomes the OpenAPI document, and what is read here is what the views
get: the two can't part.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Never

from moderation.domain.errors import InvalidInputError

GREATEST = 2**63 - 1
# C0 controls but tab and line breaks, and halves of surrogate pairs: databases and
# codecs choke on them, and nobody types them.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
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
        if FORBIDDEN.search(value) or (self.is_line and _LINE.search(value)):
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
