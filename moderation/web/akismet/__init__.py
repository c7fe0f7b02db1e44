"""Clients of Akismet that are pointed here: its paths and words, our filter."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.exceptions import HTTPException

from moderation.services.meters import METER, Meter
from moderation.storage.failures import UNAVAILABLE
from moderation.web.akismet.keys import InvalidKeyError
from moderation.web.akismet.views import (
    check_comment,
    refuse,
    show_sites,
    show_usage,
    submit_ham,
    submit_spam,
    verify_key,
)
from moderation.web.context import DATABASE
from moderation.web.errors import (
    answer_database_error,
    answer_flooding,
    answer_http_error,
)

LIMIT = "1200 per minute"
ERROR = "X-akismet-error"
# Of every path there is one that has the key in it: hosts have but one name, mostly.
KEYED = "/k/<path_key>"
POSTED: dict[str, Callable[..., Response]] = {
    "/1.1/verify-key": verify_key,
    "/1.1/comment-check": check_comment,
    "/1.1/submit-spam": submit_spam,
    "/1.1/submit-ham": submit_ham,
}
READ: dict[str, Callable[..., Response]] = {
    "/1.2/usage-limit": show_usage,
    "/1.2/key-sites": show_sites,
}


def init_akismet(app: Flask, limiter: Limiter) -> Blueprint:
    """Register and return what Akismet's clients use: no cookie is read or set."""
    app.extensions[METER] = Meter(app.extensions[DATABASE])
    akismet = Blueprint("akismet", __name__)
    limit = limiter.shared_limit(LIMIT, "akismet")
    for paths, methods in ((POSTED, ["POST"]), (READ, ["GET", "POST"])):
        for path, view in paths.items():
            name = view.__name__
            limited = limit(view)
            akismet.add_url_rule(path, name, limited, methods=methods)
            akismet.add_url_rule(
                KEYED + path, f"{name}_keyed", limited, methods=methods
            )
    akismet.register_error_handler(InvalidKeyError, refuse)
    akismet.register_error_handler(
        RateLimitExceeded, lambda error: say(answer_flooding(error))
    )
    akismet.register_error_handler(
        HTTPException, lambda error: say(answer_http_error(error))
    )
    for kind in UNAVAILABLE:
        akismet.register_error_handler(
            kind, lambda error: say(answer_database_error(error))
        )
    app.register_blueprint(akismet)
    return akismet


def say(response: Response) -> Response:
    """Return a refusal in words that no client takes for an answer."""
    status = response.status_code
    response.set_data(f"Not answered: {response.status}. Try again later.")
    response.mimetype = "text/plain"
    response.headers[ERROR] = str(status)
    return response
