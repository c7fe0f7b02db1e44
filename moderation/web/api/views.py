"""Owns the way of a request through the API: who asks, what, and what is answered."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, json, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

from moderation.domain.errors import (
    BeingAnsweredError,
    InvalidInputError,
    NotAuthenticatedError,
)
from moderation.services.kept_answers import Request, keep_answer, reserve_answer
from moderation.services.tokens import Grant
from moderation.web.api.operations import (
    NOTHING,
    Answer,
    Call,
    Operation,
    require_condition,
)
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.json_documents import MalformedBodyError, parse_document
from moderation.web.tokens import find_grant

PREFIX = "/api/v1"
JSON = "application/json"
CHARSETS = {"utf-8", "utf8"}
REPLAYED = "Idempotency-Replayed"
UNPROVEN = (
    "Prove who you are: send a token of this service in the header Authorization, as "
    "“Bearer lr_…”. This one is missing, unknown, expired or revoked."
)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def authenticate() -> None:
    """Find out whose token a request carries, before it is counted."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    is_bearer = kind.lower() == "bearer"
    g.grant = find_grant(secret.strip()) if is_bearer else None


def get_grant() -> Grant:
    """Return what the token of this request allows.

    :raises NotAuthenticatedError: if it carries none that does.
    """
    grant: Grant | None = g.get("grant")
    if grant is None:
        raise NotAuthenticatedError(UNPROVEN)
    return grant


def make_view(operation: Operation) -> Callable[..., Response]:
    """Return the view of an operation."""

    def answer(**path: Any) -> Response:  # noqa: ANN401 as the route has them
        grant = get_grant()
        grant.require(operation.scope)
        if operation.is_conditional:
            require_condition(request.headers.get("If-Match", ""))
        query = operation.query.parse_fields(request.args.to_dict(flat=False))
        body = _read_body(operation)
        if operation.prepare is not None:
            operation.prepare(body)

        def run(session: Session) -> Response:
            call = Call(
                session=session,
                grant=grant,
                path=path,
                query=query,
                body=body,
                if_match=request.headers.get("If-Match", ""),
            )
            return _write(operation.run(call))

        if not operation.is_change:
            with reading() as session:
                return run(session)
        return _change(grant, run)

    return answer


def _change(grant: Grant, run: Callable[[Session], Response]) -> Response:
    try:
        with unit_of_work() as session:
            return _run_once(session, grant, run)
    except BeingAnsweredError:
        # That one has ended by now: it has left its answer, or nothing.
        with unit_of_work() as session:
            return _run_once(session, grant, run)


def _run_once(
    session: Session, grant: Grant, run: Callable[[Session], Response]
) -> Response:
    """Run a change, or answer as it was answered before under the same key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return run(session)
    if not _KEY.fullmatch(key):
        raise InvalidInputError(
            {"Idempotency-Key": ["Use 1 to 255 visible characters, as a UUID has."]}
        )
    wanted = Request(
        token_id=grant.token_id,
        key=key,
        method=request.method,
        path=request.full_path,
        body=request.get_data(),
    )
    kept = reserve_answer(session, wanted)
    if kept is not None:
        response = Response(kept.body, kept.status, mimetype=JSON)
        response.headers.update(kept.headers)
        response.headers[REPLAYED] = "true"
        return response
    response = run(session)
    tag = response.headers.get("ETag")
    keep_answer(
        session,
        wanted,
        status=response.status_code,
        headers={"ETag": tag} if tag else {},
        body=response.get_data(as_text=True),
    )
    return response


def _write(answer: Answer) -> Response:
    response = Response(json.dumps(answer.body), answer.status, mimetype=JSON)
    response.headers.update(dict(answer.headers))
    if answer.next is not None:
        # From the address that was set, not from the one that was asked.
        query = {**request.args.to_dict(), "after": answer.next}
        address = f"{get_settings().base_url}{request.path}?{urlencode(query)}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def _read_body(operation: Operation) -> Mapping[str, Any]:
    """Return what the body says, {} where none is taken.

    :raises MalformedBodyError: if it can't be read.
    :raises UnsupportedMediaType: if it is no JSON, or encoded.
    :raises InvalidInputError: naming what in it can't be taken.
    """
    data = request.get_data()
    if operation.body is None or (operation.body is NOTHING and not data):
        return {}
    is_plain = request.headers.get("Content-Encoding", "identity") == "identity"
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != JSON or charset not in CHARSETS or not is_plain:
        raise UnsupportedMediaType
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBodyError("The body is not UTF-8. Send it as UTF-8.") from error
    document = parse_document(text)
    if not isinstance(document, dict):
        raise MalformedBodyError("The body is JSON, but no object. Send one object.")
    return operation.body.read(document)
