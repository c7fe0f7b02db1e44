"""Owns what tells other machines how the service is: alive, ready."""

from http import HTTPStatus

from flask import Response, json, request

from moderation.services.health import check_service
from moderation.storage.models.base import now
from moderation.web.context import get_database, get_settings
from moderation.web.errors import PROBLEM


def show_health() -> Response:
    """Answer that the process is alive: it asks nothing of the database."""
    return Response("alive\n", mimetype="text/plain")


def show_readiness() -> Response:
    """Answer whether all is well: database, worker and disk.

    What is named by `exclude` is not looked at, as Kubernetes has it for its own:
    with `?exclude=worker` a web server is ready without one. What is not well and keeps
    nobody from being served is told on lines of its own.
    """
    checks = check_service(get_database(), data_dir=get_settings().data_dir, at=now())
    excluded = set(request.args.getlist("exclude"))
    ill = [
        check for check in checks if not check.is_well and check.name not in excluded
    ]
    if grave := [check.says for check in ill if check.is_grave]:
        return _answer_unready(grave)
    lines = ["ready", *(check.says for check in ill)]
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")


def _answer_unready(problems: list[str]) -> Response:
    """Answer as a problem document whoever asks: machines do."""
    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = " ".join(problems)
    body = {"title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body), status, mimetype=PROBLEM)
