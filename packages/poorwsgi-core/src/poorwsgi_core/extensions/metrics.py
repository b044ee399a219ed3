"""Numbers for Prometheus: requests by route, and how long they take.

It needs the package ``prometheus_client``.  The label is the rule of the route, not the
path, of which there may be any number.
"""

import os
from functools import partial
from importlib import import_module
from time import time
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import check_object, convert, route_path
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import BaseResponse, Response
from poorwsgi_core.state import methods

__all__ = ["Metrics"]

_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """Count requests, and serve the numbers at a path.

    ``http_requests_total`` has labels for method, route and status,
    ``http_request_duration_seconds`` for method and route.  The path is a route as any
    other, so guards apply to it.  With several processes the numbers are those of all
    when ``PROMETHEUS_MULTIPROC_DIR`` is set.

    Args:
        path: where the numbers are read.
        registry: a ``CollectorRegistry``, for numbers of one's own beside these; a new
            one without it.

    Raises:
        RuntimeError: ``prometheus_client`` isn't installed.
        TypeError: an argument has a wrong type.
        ValueError: *path* isn't one, or processes are to share a folder that isn't
            there.
    """

    def __init__(self, path: str = "/metrics", *, registry: Any = None) -> None:
        try:
            self._client = import_module("prometheus_client")
        except ImportError as error:
            raise RuntimeError(
                "Metrics needs prometheus_client: pip install prometheus-client"
            ) from error
        _check_folder(os.environ.get(_PROCESSES))
        self._path = convert("path", route_path, path)
        if registry is None:
            registry = self._client.CollectorRegistry()
        check_object("registry", registry, "register", "a CollectorRegistry")
        self._registry = registry
        self._requests = self._client.Counter(
            "http_requests",
            "Requests that have been answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = self._client.Histogram(
            "http_request_duration_seconds",
            "Time from the begin of a request to the end of its answer",
            ("method", "route"),
            registry=self._registry,
        )

    def install(self, app: Application[Any]) -> None:
        """Set the route, and have each answer counted when it has been sent."""
        app.set_route(self._path, self._show)
        app.add_after_response(self._watch, last=True)

    def _watch(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        response.call_on_close(partial(self._count, req, response))
        return response

    def _count(self, req: SimpleRequest, response: BaseResponse) -> None:
        # A client may invent methods, and each label is kept for good.
        method = req.method if req.method in methods else "other"
        route = req.uri_rule or "none"
        self._requests.labels(method, route, response.status_code).inc()
        seconds = max(0.0, time() - req.start_time)
        self._seconds.labels(method, route).observe(seconds)

    def _show(self, _: Request) -> Response:
        registry = self._registry
        if _PROCESSES in os.environ:
            processes = import_module("prometheus_client.multiprocess")
            registry = self._client.CollectorRegistry()
            processes.MultiProcessCollector(registry)
        data: bytes = self._client.generate_latest(registry)
        return Response(data, self._client.CONTENT_TYPE_LATEST)


def _check_folder(folder: str | None) -> None:
    """Refuse a folder that isn't there, for which each request would fail to count."""
    if folder is not None and not os.path.isdir(folder):
        raise ValueError(
            f"{_PROCESSES} is no folder: {folder!r}; make it, empty, before the server "
            "starts"
        )
