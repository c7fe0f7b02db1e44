"""Lets schemathesis hold the app against what its OpenAPI document says."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema
from sqlalchemy.orm import Session

from moderation.storage.models import Scope
from moderation.web.api import OPERATIONS
from moderation.web.api.operations import Operation
from tests.factories import make_comment, make_endpoint, make_site, make_thread
from tests.web.api.conftest import MakeToken

LoadSchema = Callable[[Flask], BaseSchema]

EXAMPLES = 12
# What JSON Schema can't say: that an address is public, that a cursor is one, that an
# ETag is the one of now.
REFUSED_THOUGH_VALID = [200, 201, 202, 403, 404, 409, 412, 422]
AIMS: dict[str, Any] = {"site": "blog", "sites": ["blog"], "endpoint": 1}
CHECKS = {"positive_data_acceptance": {"expected-statuses": REFUSED_THOUGH_VALID}}


@pytest.fixture(scope="module")
def load_schema() -> LoadSchema:
    """Return what loads the document of an app once.

    From all our code schemathesis picks what to try, which takes longer than to try it.
    """

    @cache
    def load(app: Flask) -> BaseSchema:
        config = SchemathesisConfig.from_dict({"checks": CHECKS})
        path = "/api/v1/openapi.json"
        return schemathesis.openapi.from_wsgi(path, app, config=config)

    return load


@pytest.fixture
def schema(app: Flask, session: Session, load_schema: LoadSchema) -> BaseSchema:
    thread = make_thread(session, make_site(session))
    for _ in range(3):
        make_comment(session, thread)
    make_endpoint(session, sites=["blog"])
    session.commit()
    return load_schema(app)


@pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in OPERATIONS])
def test_it_is_the_truth(
    schema: BaseSchema, make_headers: MakeToken, operation: Operation
) -> None:
    headers = make_headers(*Scope)
    cases: Any = schema[operation.path][operation.method].as_strategy()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Any) -> None:  # noqa: ANN401 schemathesis's
        aim(case)
        case.call_and_validate(headers=headers)

    ask()


def aim(case: Any) -> None:  # noqa: ANN401 schemathesis's
    """Let a case be about what is there: by chance it would hardly ever be."""
    if case.path_parameters:
        case.path_parameters = dict.fromkeys(case.path_parameters, 1)
    for given_fields in (case.query, case.body):
        if isinstance(given_fields, dict):
            names = given_fields.keys() & AIMS.keys()
            given_fields.update({name: AIMS[name] for name in names})


def test_it_has_every_operation_once(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json

    assert document is not None
    told = [
        (operation["operationId"], method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert sorted(told) == sorted((o.name, o.method, o.path) for o in OPERATIONS)
