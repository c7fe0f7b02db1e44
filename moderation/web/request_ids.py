"""Owns the id of each request, by which an answer is found again in the log."""

import re
import secrets

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"
ID_BYTES = 12
# What proxies make. An address of mail, which has an @, does not get into the log.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def init_request_ids(app: Flask) -> None:
    """Give each request of `app` an id: on its log lines, and on its answer."""
    app.before_request(name_request)
    app.after_request(tell_id)
    app.teardown_request(forget_id)


def name_request() -> None:
    """Take the id that a proxy gave, if it is one, else make one."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(ID_BYTES)
    clear_contextvars()
    bind_contextvars(request=g.request_id)


def tell_id(response: Response) -> Response:
    """Tell the id, so that whoever asks for help can name it."""
    # None if the request broke down before anything looked at it.
    if request_id := g.get("request_id"):
        response.headers.set(HEADER, request_id)
    return response


def forget_id(_: BaseException | None) -> None:
    """Let nothing of a request stand on the log lines of the next."""
    clear_contextvars()
