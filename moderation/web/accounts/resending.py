"""Owns what is done about a form that was sent after the login had ended.

Nothing is acted upon, and nothing is lost: what was sent goes, signed, along with the
login, and is shown afterwards to be sent again by hand.
"""

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template, request
from flask_security import current_user
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import ValidationError

from moderation.web.context import get_settings
from moderation.web.negotiation import wants_json

PREFIX = "/moderate/"
KEPT_SECONDS = 3_600
MOST_CHARACTERS = 100_000
MOST_FIELDS = 300
DROPPED = {"csrf_token", "resend", "password", "again", "current", "code", "credential"}


def offer_login() -> Response | None:
    """Answer a form that somebody sent from a page of before the login ended.

    Only one that a page of ours has sent (browsers tell by Origin, and that of others
    has been refused) is kept: nobody else can put words into a moderator's mouth.
    """
    if request.method != "POST" or not request.path.startswith(PREFIX):
        return None
    if request.routing_exception is not None or not _is_from_page():
        return None
    if current_user.is_authenticated or _has_token():
        return None
    page = render_template("security/expired.html", resend=keep_form())
    response = make_response(page)
    response.status_code = HTTPStatus.UNAUTHORIZED
    return response


def keep_form() -> str:
    """Return what this request has sent, signed; "" if that is too much."""
    fields = [
        [name, value]
        for name, values in request.form.lists()
        if name not in DROPPED
        for value in values
    ]
    length = sum(len(name) + len(value) for name, value in fields)
    if length > MOST_CHARACTERS or len(fields) > MOST_FIELDS:
        return ""
    return str(_get_serializer().dumps({"path": request.path, "fields": fields}))


def show_resend(kept: str) -> Response | None:
    """Return the page that shows what was kept, to be sent; None if nothing was."""
    if not kept:
        return None
    try:
        data: dict[str, Any] = _get_serializer().loads(kept, max_age=KEPT_SECONDS)
    except BadSignature:
        return None
    return make_response(
        render_template(
            "security/resend.html", path=data["path"], fields=data["fields"]
        )
    )


def _is_from_page() -> bool:
    is_scripted = "HX-Request" in request.headers or wants_json(request)
    return "Origin" in request.headers and not is_scripted


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _get_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(get_settings().signing_keys, salt="moderation.resend")
