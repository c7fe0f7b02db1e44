"""Owns the OpenAPI document: made of the very operations that are served."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from moderation.storage.models import Scope
from moderation.web.api.fields import GREATEST, Field, Schema, Text, Whole
from moderation.web.api.operations import NOTHING, Operation
from moderation.web.api.structures import Many, Maybe, Shape

PROBLEM = Shape(
    name="Problem",
    members={
        "title": Text(about="The status in words."),
        "status": Whole(),
        "detail": Text(about="What happened, and what to do."),
        "errors": Field(),
    },
    needed=frozenset({"title", "status", "detail"}),
)
REFUSALS = {
    400: "The body can't be read.",
    401: "No token, or none that is good (any more).",
    403: "The token lacks the scope, or the comments are closed.",
    404: "Not there, or not for this token: told alike.",
    409: "It is there already, or being answered.",
    412: "It has changed since it was seen.",
    413: "More than is taken at once.",
    415: "Not application/json in UTF-8.",
    422: "A field can't be taken; `errors` has messages by field.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says when again.",
}
SCOPES = {
    Scope.READ: "comments, threads, sites, events; no e-mail and IP addresses",
    Scope.EMAILS: "these addresses, too",
    Scope.DECIDE: "decide on comments, note on them; includes read",
    Scope.MANAGE: "endpoints and deliveries; includes decide",
    Scope.SUBMIT: "post comments on behalf of visitors",
    Scope.FILTER: "judge comments without storing; the Akismet-compatible paths",
}
ABOUT = (
    "Read comments, decide on them, be told of them. Every request carries a token in "
    "`Authorization: Bearer lr_…`, made by `moderation token add`. Scopes:\n\n"
    + "\n".join(f"- `{scope}`: {words}" for scope, words in SCOPES.items())
    + "\n\nLists are read page by page: give `next` back as `after`, or follow the "
    'header `Link` with `rel="next"`. A POST or PATCH with an `Idempotency-Key` is '
    "done once in 24 hours, however often it is sent. Errors are "
    "`application/problem+json` (RFC 9457)."
)
_PARAMETER = re.compile(r"\{([a-z_]+)\}")


def make_document(
    operations: Iterable[Operation], *, server: str, version: str
) -> dict[str, Any]:
    """Return the document (OpenAPI 3.1) of operations at `server`."""
    operations = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        told = describe_operation(operation)
        paths.setdefault(operation.path, {})[operation.method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "Leave a Reply", "version": version, "description": ABOUT},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(o.tag for o in operations)],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _list_schemas(operations),
        },
    }


def describe_operation(operation: Operation) -> dict[str, Any]:
    """Return an operation as the document has it."""
    about = f"Scope: `{operation.scope}`."
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"{operation.about} {about}".strip(),
        "tags": [operation.tag],
        "parameters": _describe_parameters(operation),
        "responses": _describe_answers(operation),
    }
    if operation.body is not None:
        told["requestBody"] = {
            "required": operation.body is not NOTHING,
            "content": {"application/json": {"schema": operation.body.describe()}},
        }
    return told


def list_refusals(operation: Operation) -> list[int]:
    """Return the statuses of refusals that an operation knows."""
    known = {401, 403, 422, 429}
    if operation.body is not None:
        known |= {400, 409, 413, 415}
    if operation.is_conditional:
        known |= {412, 428}
    fields = {**operation.query.members, **(operation.body or NOTHING).members}
    if "{" in operation.path or {"site", "sites", "comments", "endpoint"} & set(fields):
        known |= {404}
    return sorted(known)


def _describe_parameters(operation: Operation) -> list[Schema]:
    found: list[Schema] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": GREATEST},
        }
        for name in _PARAMETER.findall(operation.path)
    ]
    for name, member in operation.query.members.items():
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in operation.query.needed,
                "description": member.about,
                "schema": member.describe_type(),
            }
        )
    if operation.is_conditional:
        found.append(_describe_header("If-Match", "The ETag of what you have seen."))
    if operation.is_change:
        words = "Of your own making: the same request is done but once."
        key = _describe_header("Idempotency-Key", words, is_needed=False)
        key["schema"] |= {"maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"}
        found.append(key)
    return found


def _describe_header(name: str, about: str, *, is_needed: bool = True) -> Schema:
    return {
        "name": name,
        "in": "header",
        "required": is_needed,
        "description": about,
        "schema": {"type": "string", "minLength": 1},
    }


def _describe_answers(operation: Operation) -> dict[str, Any]:
    schema = operation.answer.describe()
    content = {"application/json": {"schema": schema}}
    answers: dict[str, Any] = {
        str(operation.status): {"description": "Done.", "content": content}
    }
    problem = {"application/problem+json": {"schema": PROBLEM.describe()}}
    for status in list_refusals(operation):
        words = REFUSALS[status]
        answers[str(status)] = {"description": words, "content": problem}
    answers["default"] = {"description": "Another refusal.", "content": problem}
    return answers


def list_shapes(operations: Iterable[Operation]) -> Mapping[str, Shape]:
    """Return the shapes with a name that operations take and give, by that name."""
    shapes: dict[str, Shape] = {}
    _collect(PROBLEM, shapes)
    for operation in operations:
        _collect(operation.answer, shapes)
        if operation.body is not None:
            _collect(operation.body, shapes)
    return dict(sorted(shapes.items()))


def _list_schemas(operations: Iterable[Operation]) -> dict[str, Schema]:
    shapes = list_shapes(operations)
    schemas = {name: shape.describe_members() for name, shape in shapes.items()}
    messages = {"type": "array", "items": {"type": "string"}}
    schemas["Problem"]["properties"]["errors"] = {
        "type": "object",
        "description": "Messages by field.",
        "additionalProperties": messages,
    }
    return schemas


def _collect(field: Field, shapes: dict[str, Shape]) -> None:
    """Note the shapes with a name that a field is made of."""
    if isinstance(field, Many | Maybe):
        _collect(field.of, shapes)
    if isinstance(field, Shape):
        if field.name:
            shapes[field.name] = field
        for member in field.members.values():
            _collect(member, shapes)


def list_members(shape: Shape) -> Mapping[str, Field]:
    """Return the members of a shape, those it needs first."""
    names = sorted(shape.members, key=lambda name: name not in shape.needed)
    return {name: shape.members[name] for name in names}
