"""Facts about spans of OpenTelemetry."""

import sys
from typing import Any

import pytest
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from poorwsgi_core import Application, Request, abort
from poorwsgi_core.extensions.tracing import Tracing
from poorwsgi_core.response import GeneratorResponse
from poorwsgi_core.testing import Client

pytestmark = pytest.mark.needs("threads")

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(app: Application) -> InMemorySpanExporter:
    """Keep the spans of an application."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app.install(Tracing(provider=provider))
    return exporter


def take(spans: InMemorySpanExporter) -> ReadableSpan:
    """Take the only span."""
    (span,) = spans.get_finished_spans()
    spans.clear()
    return span


def test_span_is_named_by_route(
    app: Application, client: Client, spans: InMemorySpanExporter
) -> None:
    """It has the rule, not the path, and what the conventions ask for."""

    def user(_: Request, name: str) -> str:
        return name

    app.set_route("/user/<name>", user)
    client.get("http://shop:8000/user/jana?secret=1", headers={"User-Agent": "curl"})
    span = take(spans)
    assert span.name == "GET /user/<name>"
    assert span.kind is trace.SpanKind.SERVER
    assert span.status.status_code is trace.StatusCode.UNSET
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/user/<name>",
        "http.response.status_code": 200,
        "url.path": "/user/jana",
        "url.scheme": "http",
        "server.address": "shop",
        "server.port": 8000,
        "client.address": "127.0.0.1",
        "user_agent.original": "curl",
        "network.protocol.version": "1.1",
    }
    assert (span.start_time or 0) <= (span.end_time or 0)


@pytest.mark.parametrize(
    ("method", "path", "name", "status"),
    [
        ("GET", "/nowhere", "GET", 404),
        ("GET", "/refused", "GET /refused", 403),
        ("BREW", "/refused", "HTTP", 501),
    ],
)
def test_span_of_a_refusal(
    app: Application,
    spans: InMemorySpanExporter,
    method: str,
    path: str,
    name: str,
    status: int,
) -> None:
    """What isn't found has no route; an unknown method can't make names up."""
    app.set_route("/refused", lambda _: abort(403))
    stranger = Client(app, validate=False)
    stranger.request(method, path, SERVER_PORT="none")
    span = take(spans)
    attributes = dict(span.attributes or {})
    assert (span.name, attributes["http.response.status_code"]) == (name, status)
    assert "server.port" not in attributes
    if method == "BREW":
        assert attributes["http.request.method"] == "_OTHER"
        assert attributes["http.request.method_original"] == "BREW"


def test_failure(app: Application, client: Client, spans: InMemorySpanExporter) -> None:
    """A request that fails is an error."""

    @app.route("/")
    def fail(_: Request) -> None:
        raise LookupError

    client.get("/")
    span = take(spans)
    assert span.status.status_code is trace.StatusCode.ERROR
    assert dict(span.attributes or {})["error.type"] == "500"
    assert fail.__name__


def test_parent_and_children(
    app: Application, client: Client, spans: InMemorySpanExporter
) -> None:
    """The parent is the client's span; the handler's requests go on from here."""
    sent: dict[str, str] = {}

    @app.route("/")
    def call(_: Request) -> str:
        propagate.inject(sent)
        return "x"

    client.get("/", headers={"traceparent": PARENT})
    span = take(spans)
    assert span.parent is not None
    assert format(span.parent.span_id, "016x") == "b7ad6b7169203331"
    context: Any = span.get_span_context()
    assert sent["traceparent"].split("-")[1:3] == [
        "0af7651916cd43dd8448eb211c80319c",
        format(context.span_id, "016x"),
    ]
    assert not trace.get_current_span().get_span_context().is_valid
    assert call.__name__


def test_span_ends_with_the_answer(
    app: Application, client: Client, spans: InMemorySpanExporter
) -> None:
    """A stream belongs to it until it was sent."""
    ended: list[int] = []

    def stream(_: Request) -> GeneratorResponse:
        def pieces() -> Any:
            yield b"a"
            ended.append(len(spans.get_finished_spans()))
            yield b"b"

        return GeneratorResponse(pieces())

    app.set_route("/", stream)
    assert client.get("/").text == "ab"
    assert ended == [0]
    assert take(spans).name == "GET /"


def test_needs_opentelemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it nothing is traced, which is told at once."""
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(RuntimeError, match=r"poorwsgi-core\[tracing\]"):
        Tracing()
