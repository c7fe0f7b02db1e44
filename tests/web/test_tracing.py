import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from moderation.app import create_app
from moderation.config import Settings, SettingsError
from moderation.web.context import DATABASE
from moderation.web.tracing import TRACES, trace_to
from tests.factories import make_site
from tests.web.embed.posts import URL, make_fields

SECRETS = ("ada@example.org", "192.0.2.7", "secret-token", "It takes")


@pytest.fixture
def traced(settings: Settings) -> Iterator[Flask]:
    """Return an app of the test's own: what traces it stays with it."""
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.extensions[TRACES].shutdown()
    app.extensions[DATABASE].close()


@pytest.fixture
def exporter(traced: Flask) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    trace_to(exporter, traced, traced.extensions[DATABASE])
    return exporter


@pytest.fixture
def client(traced: Flask) -> FlaskClient:
    return traced.test_client()


def read(app: Flask, exporter: InMemorySpanExporter) -> Sequence[ReadableSpan]:
    app.extensions[TRACES].force_flush()
    return exporter.get_finished_spans()


def test_a_request_and_its_statements_are_one_trace(
    traced: Flask, client: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    client.get("/embed/none?thread=a", headers={"traceparent": given})

    *statements, asked = read(traced, exporter)
    attributes = dict(asked.attributes or {})
    assert asked.name == "GET /embed/<site_key>"
    assert attributes.pop("request.id")
    assert attributes == {
        "http.request.method": "GET",
        "http.route": "/embed/<site_key>",
        "http.response.status_code": 404,
    }
    assert statements
    assert {f"{s.context.trace_id:x}" for s in (*statements, asked) if s.context} == {
        "4bf92f3577b34da6a3ce929d0e0e4736"
    }
    assert {s.parent.span_id for s in statements if s.parent} == {
        asked.context.span_id if asked.context else 0
    }


def test_no_client_names_a_span(
    traced: Flask, client: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    client.open("/healthz", method="ADA")

    (asked,) = read(traced, exporter)
    assert asked.name == "HTTP"
    assert "ADA" not in asked.to_json()
    assert "_OTHER" in asked.to_json()


def test_a_trace_holds_nothing_of_anybody(
    traced: Flask, client: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    with traced.extensions[DATABASE].write() as session:
        make_site(session)
    client.post(
        URL,
        data=make_fields(comment="It takes a page."),
        headers={"User-Agent": "secret-token", "Accept": "text/html"},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    client.get("/login/reset/secret-token?next=ada@example.org")

    told = "".join(span.to_json() for span in read(traced, exporter))

    assert "INSERT" in told
    assert not [secret for secret in SECRETS if secret in told]


def test_a_statement_that_fails_is_marked_without_its_words(
    traced: Flask, client: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    with traced.extensions[DATABASE].alter() as connection:
        connection.exec_driver_sql("ALTER TABLE sites RENAME TO elsewhere")
    exporter.clear()

    client.get("/embed/blog?thread=a")

    failed = [span for span in read(traced, exporter) if not span.status.is_ok]
    names = {span.name for span in failed}
    assert names == {"SELECT", "GET /embed/<site_key>"}
    assert "no such table" not in "".join(span.to_json() for span in failed)


@pytest.mark.sqlite(reason="a start that failed leaves its connections to the system")
def test_without_the_extra_the_setting_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
    monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(SettingsError, match=r"\.\[otel\]"):
        create_app(replace(settings, otel_endpoint="http://127.0.0.1:4318"))
