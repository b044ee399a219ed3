"""Spans of OpenTelemetry, named by route: needs ``poorwsgi-core[tracing]``.

Names and attributes are those of its semantic conventions for HTTP servers, 1.23 and
later.  What is done in a handler belongs to the span of its request; what the answer's
body does while it is sent doesn't, as it runs outside of the request.
"""

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import check_object, find_installed
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.response import BaseResponse
from poorwsgi_core.state import __version__, methods

__all__ = ["Tracing"]

_ATTRIBUTE = "app_tracing"
_NANO = 1_000_000_000


class _Open(NamedTuple):
    """A span that hasn't ended, and what brings back the context before it."""

    span: Any
    token: object


class Tracing:
    """Begin a span for each request, and end it when the answer has been sent.

    Its parent is what the client, or a proxy, tells in ``traceparent``.  The query
    isn't part of it, for it may have secrets.

    Args:
        provider: a ``TracerProvider``; that of the process without it.

    Raises:
        RuntimeError: the API of OpenTelemetry isn't installed.
        TypeError: *provider* is none.
    """

    def __init__(self, *, provider: Any = None) -> None:
        try:
            self._trace = import_module("opentelemetry.trace")
            self._context = import_module("opentelemetry.context")
            self._propagate = import_module("opentelemetry.propagate")
        except ImportError as error:
            raise RuntimeError(
                "Tracing needs OpenTelemetry: pip install 'poorwsgi-core[tracing]'"
            ) from error
        if provider is not None:
            check_object("provider", provider, "get_tracer", "a TracerProvider")
        self._tracer = self._trace.get_tracer("poorwsgi", __version__, provider)

    def install(self, app: Application[Any]) -> None:
        """Begin before the other handlers, and end behind them.

        Raises:
            RuntimeError: the application has one already.
        """
        if find_installed(app, Tracing):
            raise RuntimeError(
                "The application has a Tracing already: a second exporter belongs to "
                "its provider, provider.add_span_processor(...)"
            )
        app.add_before_response(self._begin, first=True)
        app.add_after_response(self._end, last=True)

    def _begin(self, req: SimpleRequest) -> None:
        parent = self._propagate.extract(_read_fields(req))
        span = self._tracer.start_span(
            _name(req),
            parent,
            self._trace.SpanKind.SERVER,
            _describe(req),
            start_time=int(req.start_time * _NANO),
        )
        context = self._trace.set_span_in_context(span, parent)
        vars(req)[_ATTRIBUTE] = _Open(span, self._context.attach(context))

    def _end(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if _ATTRIBUTE not in vars(req):
            self._begin(req)  # it was refused before
        span, token = vars(req)[_ATTRIBUTE]
        self._context.detach(token)
        status = response.status_code
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_attribute("error.type", str(status))
            span.set_status(self._trace.StatusCode.ERROR)
        response.call_on_close(span.end)
        return response


def _name(req: SimpleRequest) -> str:
    method = req.method if req.method in methods else "HTTP"
    return f"{method} {_route(req) or ''}".rstrip()


def _route(req: SimpleRequest) -> str | None:
    """Return the rule of a route; what isn't found has none, and files have none."""
    return None if req.uri_handler is None else req.uri_rule


def _read_fields(req: SimpleRequest) -> Mapping[str, str]:
    """Return the fields of the request, as propagators look for them."""
    return {
        name[5:].lower().replace("_", "-"): value
        for name, value in req.environ.items()
        if name.startswith("HTTP_")
    }


def _describe(req: SimpleRequest) -> dict[str, Any]:
    environ = req.environ
    is_known = req.method in methods
    found: dict[str, Any] = {
        "http.request.method": req.method if is_known else "_OTHER",
        "http.request.method_original": None if is_known else req.method,
        "http.route": _route(req),
        "url.path": f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}",
        "url.scheme": environ.get("wsgi.url_scheme"),
        "server.address": environ.get("SERVER_NAME"),
        "client.address": req.client_addr,
        "user_agent.original": req.user_agent,
        "network.protocol.version": (req.protocol or "").partition("/")[2],
    }
    with suppress(ValueError):
        found["server.port"] = int(environ.get("SERVER_PORT", ""))
    return {name: value for name, value in found.items() if value}
