"""Owns the types of what the API takes and gives that are made of others.

What is wrong within one is told by its path.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.domain.errors import InvalidInputError
from moderation.web.api.fields import FORBIDDEN, Field, Schema, Text, refuse


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
    return FORBIDDEN.sub("?", name)[:100]
