"""Lets schemathesis hold the app against what its OpenAPI document says."""

from flask.testing import FlaskClient

from moderation.web.api import OPERATIONS


def test_it_has_every_operation_once(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json

    assert document is not None
    told = [
        (operation["operationId"], method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert sorted(told) == sorted((o.name, o.method, o.path) for o in OPERATIONS)
