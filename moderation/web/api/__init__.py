"""The API for programs: tokens in, JSON out; described by itself."""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Flask, Response, json, render_template
from flask_limiter import Limiter

from moderation.web.api import (
    campaigns,
    comments,
    deliveries,
    endpoints,
    places,
    submitting,
)
from moderation.web.api.fields import GREATEST
from moderation.web.api.limits import LIMIT, add_rate, find_caller
from moderation.web.api.openapi import (
    REFUSALS,
    SCOPES,
    list_members,
    list_refusals,
    list_shapes,
    make_document,
)
from moderation.web.api.operations import Operation
from moderation.web.api.views import PREFIX, authenticate, make_view
from moderation.web.context import get_settings

DISTRIBUTION = "leave-a-reply"
OPERATIONS: Sequence[Operation] = (
    *comments.OPERATIONS,
    *submitting.OPERATIONS,
    *campaigns.OPERATIONS,
    *places.OPERATIONS,
    *endpoints.OPERATIONS,
    *deliveries.OPERATIONS,
)


def init_api(app: Flask, limiter: Limiter) -> Sequence[Blueprint]:
    """Register and return what programs use: no cookie is read or set there."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    api.before_request(authenticate)
    api.after_request(lambda response: add_rate(limiter, response))
    limit = limiter.shared_limit(LIMIT, "api", key_func=find_caller)
    for operation in OPERATIONS:
        api.add_url_rule(
            _make_rule(operation.path),
            operation.name,
            limit(make_view(operation)),
            methods=[operation.method],
        )
    described = Blueprint("api_documents", __name__, url_prefix="/api")
    described.get("/v1/openapi.json")(show_document)
    described.get("/docs")(show_docs)
    app.register_blueprint(api)
    app.register_blueprint(described)
    return api, described


def show_document() -> Response:
    """Answer with the OpenAPI document."""
    server = get_settings().base_url + PREFIX
    document = make_document(OPERATIONS, server=server, version=find_version())
    return Response(json.dumps(document), mimetype="application/json")


def show_docs() -> str:
    """Show the same for people."""
    return render_template(
        "api/docs.html",
        groups=_group(OPERATIONS),
        server=get_settings().base_url + PREFIX,
        scopes=SCOPES,
        refusals=REFUSALS,
        list_refusals=list_refusals,
        list_members=list_members,
        shapes=list_shapes(OPERATIONS),
    )


def find_version() -> str:
    """Return the version of the service, "0" in a checkout that is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"


def _group(operations: Sequence[Operation]) -> Mapping[str, Sequence[Operation]]:
    """Return operations by their tag, in the order they have."""
    groups: dict[str, list[Operation]] = {}
    for operation in operations:
        groups.setdefault(operation.tag, []).append(operation)
    return groups


def _make_rule(path: str) -> str:
    """Return Flask's rule of a path: what stands in braces there is an id."""
    return path.replace("{", f"<int(min=1, max={GREATEST}):").replace("}", ">")
