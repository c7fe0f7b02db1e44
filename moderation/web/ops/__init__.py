"""Owns what tells other machines how the service is: alive, ready."""

from http import HTTPStatus

from flask import Blueprint, Response, json
from sqlalchemy.exc import SQLAlchemyError

from moderation.storage.migrations import find_head, find_revision
from moderation.web.context import get_database
from moderation.web.errors import PROBLEM

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
def show_health() -> Response:
    """Answer that the process is alive: it asks nothing of the database."""
    return Response("alive\n", mimetype="text/plain")


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """Answer whether comments can be taken: the database is there, and up to date."""
    try:
        revision = find_revision(get_database())
    except SQLAlchemyError:
        return _answer_unready(
            "The database does not answer. Check that it runs and can be reached."
        )
    if revision != find_head():
        return _answer_unready(
            "The database is out of date. Run: moderation db upgrade"
        )
    return Response("ready\n", mimetype="text/plain")


def _answer_unready(detail: str) -> Response:
    """Answer as a problem document whoever asks: machines do."""
    status = HTTPStatus.SERVICE_UNAVAILABLE
    body = {"title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body), status, mimetype=PROBLEM)
