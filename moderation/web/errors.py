"""Owns how refusals become answers: the one place that maps errors to HTTP."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    json,
    make_response,
    render_template,
    request,
)
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import BadHost, HTTPException

from moderation.domain.errors import (
    BeingAnsweredError,
    ChangedMeanwhileError,
    DuplicateCommentError,
    InvalidInputError,
    ModerationError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    RepeatedKeyError,
    StaleNoteError,
    ThreadClosedError,
    TooManyAttemptsError,
    UnconditionalChangeError,
)
from moderation.storage.failures import (
    UNAVAILABLE,
    is_overtaken,
    is_unwritable,
    name_cause,
)
from moderation.storage.session import Count
from moderation.web.headings import find_heading
from moderation.web.languages import translate, translate_errors
from moderation.web.metrics import get_metrics
from moderation.web.negotiation import wants_json

PROBLEM = "application/problem+json"

STATUSES: dict[type[ModerationError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    ThreadClosedError: HTTPStatus.FORBIDDEN,
    ChangedMeanwhileError: HTTPStatus.PRECONDITION_FAILED,
    BeingAnsweredError: HTTPStatus.CONFLICT,
    DuplicateCommentError: HTTPStatus.CONFLICT,
    StaleNoteError: HTTPStatus.CONFLICT,
    RepeatedKeyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnconditionalChangeError: HTTPStatus.PRECONDITION_REQUIRED,
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyAttemptsError: HTTPStatus.TOO_MANY_REQUESTS,
}

# What Werkzeug's own words leave out: what to do about it.
ADVICE: dict[int, str] = {
    400: "The request could not be read. Check its form and send it again.",
    404: "There is nothing at this address. Check it for slips.",
    405: "This address does not take this kind of request.",
    413: "This is more than the service takes at once. Shorten it and send it again.",
    409: "Somebody did the same just now, or removed what this belongs to. Nothing "
    "was saved; look at how it stands, and try again.",
    415: "Send application/json, a form, or multipart/form-data, in UTF-8.",
    500: "Something broke here. It has been noted; please try again later.",
    503: "The service is busy right now. Nothing was saved; please try again.",
    507: "The service has no room to save anything. Nothing was saved; please try "
    "again later, or tell whoever runs it that the disk is full or read-only.",
}

FORGED = (
    "Nothing was changed: your login has ended meanwhile, or this page is from before "
    "it began. Open the queue, log in if asked to, and decide again."
)

# The fields of moderators' forms in which they write, and would lose it.
TYPED = ("why", "reply", "note")

RETRY_SECONDS = 5

log = structlog.get_logger(__name__)


def init_errors(app: Flask) -> None:
    """Register the handlers: every refusal has a status and says what to do."""
    app.register_error_handler(ModerationError, answer_refusal)
    app.register_error_handler(RateLimitExceeded, answer_flooding)
    app.register_error_handler(CSRFError, answer_forgery)
    app.register_error_handler(HTTPException, answer_http_error)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, answer_database_error)
    app.register_error_handler(IntegrityError, answer_overtaken)
    app.register_error_handler(Exception, answer_failure)


def answer_problem(
    status: int,
    detail: str,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    kept: str = "",
) -> Response:
    """Answer with a problem document (RFC 9457), or a page for a browser.

    The page is the audience's own, if it has a template for it.
    `errors` has messages by field; it becomes a member of the document. `kept` is
    what somebody typed and would lose, for the page to show.
    """
    detail = translate(detail)
    errors = translate_errors(errors or {})
    if wants_json(request) or not _can_link():
        title = HTTPStatus(status).phrase
        body = {"title": title, "status": status, "detail": detail}
        if errors:
            body["errors"] = errors
        response = Response(json.dumps(body), mimetype=PROBLEM)
    else:
        template = current_app.jinja_env.select_template(
            [f"{request.blueprint}/error.html", "error.html"]
        )
        page = render_template(
            template,
            title=translate(find_heading(status)),
            detail=detail,
            errors=errors,
            kept=kept,
        )
        response = make_response(page)
    response.status_code = status
    response.headers.update(dict(headers or {}))
    return response


def _can_link() -> bool:
    """Return whether a page can be made: for a Host that can be none, no links are."""
    return not isinstance(request.routing_exception, BadHost)


def find_status(error: ModerationError) -> HTTPStatus:
    """Return the status a refusal is answered with."""
    return next(
        (status for kind, status in STATUSES.items() if isinstance(error, kind)),
        HTTPStatus.BAD_REQUEST,
    )


def answer_refusal(error: ModerationError) -> Response:
    """Answer a refusal of our own, in its own words."""
    errors = error.errors if isinstance(error, InvalidInputError) else None
    headers = {}
    if isinstance(error, TooManyAttemptsError):
        headers["Retry-After"] = str(error.wait_seconds)
    if isinstance(error, NotAuthenticatedError):
        # RFC 6750: in which way to prove it.
        headers["WWW-Authenticate"] = "Bearer"
    return answer_problem(
        find_status(error), str(error), errors=errors, headers=headers
    )


def answer_flooding(error: RateLimitExceeded) -> Response:
    """Answer a client that sends too much; Flask-Limiter adds Retry-After."""
    del error
    return answer_problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many requests in a short time. Wait a little and send it again.",
    )


def answer_forgery(error: CSRFError) -> Response:
    """Answer a change that came without its page's token, or from elsewhere.

    Mostly it was meant, and the login is over.
    """
    log.info("forged request refused", why=error.description)
    typed = (request.form.get(name, "") for name in TYPED)
    kept = "\n\n".join(text for text in typed if text)
    return answer_problem(HTTPStatus.BAD_REQUEST, FORGED, kept=kept)


def answer_http_error(error: HTTPException) -> Response:
    """Answer what Flask or Werkzeug refused, redirects excepted."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None:
        return make_response(error.response)
    if status < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    headers = {}
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        headers["Allow"] = ", ".join(sorted(allowed))
    detail = ADVICE.get(status) or error.description or HTTPStatus(status).phrase
    return answer_problem(status, detail, headers=headers)


def answer_database_error(error: Exception) -> Response:
    """Answer when the database can't take it now: nothing was saved."""
    cause = name_cause(error)
    log.error("database unavailable", endpoint=request.endpoint, cause=cause)
    status = (
        HTTPStatus.INSUFFICIENT_STORAGE
        if is_unwritable(error)
        else HTTPStatus.SERVICE_UNAVAILABLE
    )
    get_metrics().add([Count("database_failures", (str(status.value),))])
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return answer_problem(status, ADVICE[status], headers=headers)


def answer_overtaken(error: IntegrityError) -> Response:
    """Answer who was overtaken by somebody doing the same; else it is our mistake."""
    if not is_overtaken(error):
        return answer_failure(error)
    log.info("overtaken", endpoint=request.endpoint, cause=name_cause(error))
    return answer_problem(HTTPStatus.CONFLICT, ADVICE[409])


def answer_failure(error: Exception) -> Response:
    """Answer an error of ours: log it once, tell the client no detail."""
    log.error("request failed", endpoint=request.endpoint, exc_info=error)
    return answer_problem(HTTPStatus.INTERNAL_SERVER_ERROR, ADVICE[500])
