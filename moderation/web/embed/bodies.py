"""Owns reading the body of a post: a form or JSON, strictly UTF-8, into one shape."""

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from moderation.web.json_documents import MalformedBodyError, parse_document

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
CHARSETS = {"utf-8", "utf8"}


def read_body(request: Request) -> MultiDict[str, object]:
    """Return the fields of a post; a value is text, or whatever the JSON held.

    :raises MalformedBodyError: if the body is not what its type says, or not UTF-8.
    :raises UnsupportedMediaType: if its type, charset or encoding is not taken.
    :raises RequestEntityTooLarge: if it has too many bytes or fields.
    """
    if request.mimetype not in {JSON, URLENCODED, MULTIPART}:
        raise UnsupportedMediaType
    if request.mimetype_params.get("charset", "utf-8").lower() not in CHARSETS:
        raise UnsupportedMediaType
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    data = request.get_data()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBodyError("The body is not UTF-8. Send it as UTF-8.") from error
    if request.mimetype == JSON:
        return _read_json(text)
    if request.mimetype == URLENCODED:
        return _read_urlencoded(text, most_fields=request.max_form_parts)
    return _read_multipart(request, data)


def _read_json(text: str) -> MultiDict[str, object]:
    document = parse_document(text)
    if not isinstance(document, Mapping):
        raise MalformedBodyError("The body is JSON, but no object. Send one object.")
    return MultiDict(list(document.items()))


def _read_urlencoded(text: str, *, most_fields: int | None) -> MultiDict[str, object]:
    if most_fields is not None and text.count("&") >= most_fields:
        raise RequestEntityTooLarge
    try:
        return MultiDict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise MalformedBodyError(
            'The form is not UTF-8. Give it accept-charset="utf-8".'
        ) from error


def _read_multipart(request: Request, data: bytes) -> MultiDict[str, object]:
    parser = FormDataParser(
        silent=False,
        max_form_memory_size=request.max_form_memory_size,
        max_form_parts=request.max_form_parts,
    )
    try:
        _, fields, _ = parser.parse(
            BytesIO(data), MULTIPART, len(data), request.mimetype_params
        )
    except ValueError as error:
        raise MalformedBodyError(
            "The form is broken off or not multipart/form-data. Send it again."
        ) from error
    return MultiDict(fields)
