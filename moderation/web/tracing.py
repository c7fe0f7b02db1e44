"""Owns traces: which requests and statements took how long, for OpenTelemetry.

Written here instead of taking OpenTelemetry's own instrumentation, which notes
addresses, whole paths (in ours there are secrets) and what errors say. A span has the
route, the method and the status; one of a statement has its text without values.
"""

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from sqlalchemy import Connection, event

from moderation.config import PREFIX, Settings, SettingsError
from moderation.storage.session import Database
from moderation.web.metrics import METHODS

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

TRACES = "moderation.traces"
MISSING = (
    f"{PREFIX}OTEL_ENDPOINT: OpenTelemetry is missing; run where constraints.txt is: "
    "python -m pip install -c constraints.txt '.[otel]'"
)
LONGEST_STATEMENT = 2_000
SERVER_ERROR = 500


def init_tracing(app: Flask, settings: Settings, database: Database) -> None:
    """Send traces where the settings say; without that, nothing is imported.

    :raises SettingsError: if the extra is not installed.
    """
    if not settings.otel_endpoint:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 an extra
            OTLPSpanExporter,
        )
    except ModuleNotFoundError:
        raise SettingsError([MISSING]) from None
    endpoint = f"{settings.otel_endpoint.rstrip('/')}/v1/traces"
    trace_to(OTLPSpanExporter(endpoint=endpoint), app, database)


def trace_to(exporter: "SpanExporter", app: Flask, database: Database) -> None:
    """Send a span of each request, and of each statement in it, to an exporter."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 an extra
    from opentelemetry.sdk.trace.export import (  # noqa: PLC0415 an extra
        BatchSpanProcessor,
    )

    resource = Resource.create({"service.name": "leave-a-reply"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    app.extensions[TRACES] = provider
    tracer = provider.get_tracer("moderation")
    _trace_requests(tracer, app)
    _trace_statements(tracer, database)


def _trace_requests(tracer: "Tracer", app: Flask) -> None:
    from opentelemetry.context import attach, detach  # noqa: PLC0415 an extra
    from opentelemetry.propagate import extract  # noqa: PLC0415 an extra
    from opentelemetry.trace import (  # noqa: PLC0415 an extra
        SpanKind,
        set_span_in_context,
    )

    def begin() -> None:
        route = request.url_rule.rule if request.url_rule else ""
        # OpenTelemetry's words for what no list has: whoever asks invents methods.
        is_known = request.method in METHODS
        span = tracer.start_span(
            f"{request.method if is_known else 'HTTP'} {route}".strip(),
            context=extract(request.headers),
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": request.method if is_known else "_OTHER",
                "http.route": route,
            },
        )
        g.span, g.span_token = span, attach(set_span_in_context(span))

    def note(response: Response) -> Response:
        if span := g.get("span"):
            span.set_attribute("http.response.status_code", response.status_code)
            span.set_attribute("request.id", g.get("request_id", ""))
            _mark_failure(span, response.status_code)
        return response

    def end(_: BaseException | None) -> None:
        if span := g.pop("span", None):
            span.end()
            detach(g.pop("span_token"))

    app.before_request(begin)
    app.after_request(note)
    app.teardown_request(end)


def _mark_failure(span: "Span", status: int) -> None:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 an extra

    if status >= SERVER_ERROR:
        span.set_status(StatusCode.ERROR)


def _trace_statements(tracer: "Tracer", database: Database) -> None:
    system = database.url.get_backend_name()

    def begin(connection: Connection, _: object, statement: str, *__: object) -> None:
        verb = statement.lstrip().partition(" ")[0].upper()
        span = tracer.start_span(
            verb,
            attributes={
                "db.system.name": system,
                "db.query.text": statement[:LONGEST_STATEMENT],
            },
        )
        connection.info.setdefault(TRACES, []).append(span)

    def end(connection: Connection, *_: object) -> None:
        connection.info[TRACES].pop().end()

    def fail(context: Any) -> None:  # noqa: ANN401 of SQLAlchemy
        spans = context.connection.info.get(TRACES) if context.connection else None
        if spans:
            span = spans.pop()
            span.set_attribute("error.type", type(context.original_exception).__name__)
            _mark_failure(span, SERVER_ERROR)
            span.end()

    event.listen(database.engine, "before_cursor_execute", begin)
    event.listen(database.engine, "after_cursor_execute", end)
    event.listen(database.engine, "handle_error", fail)
