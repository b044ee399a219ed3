"""From a routed request to the plan of its operation: one look-up.

The framework has found the route by the path already.  Which operation belongs
to that route is found once, by the shape of both, and remembered.
"""

import re
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from poorwsgi_core import Request, SimpleRequest
from poorwsgi_openapi.checks.bodies import Refusal
from poorwsgi_openapi.checks.engine import Engine
from poorwsgi_openapi.checks.plans import Plan, StrictQuery
from poorwsgi_openapi.checks.responses import ResponsePlans
from poorwsgi_openapi.checks.security import Schemes
from poorwsgi_openapi.checks.territory import Territory
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.rules import rule_to_template, template_shape

if TYPE_CHECKING:
    from poorwsgi_core import Application

__all__ = ["Dispatcher", "HostCheck"]

Key = tuple[str | None, str | None]
_UNKNOWN: Any = object()


class Dispatcher:
    """Finds the plan of a request.

    Args:
        document: the document.
        engine: openapi-core for it.
        schemes: security schemes with their verifiers.
        strict_query: see ``Plan``.
        limit: see ``Plan``.
        open_form: see ``Plan``.
        refuse: see ``Plan``.
        is_strict: see ``ResponsePlans``.
    """

    def __init__(
        self,
        document: Document,
        engine: Engine,
        schemes: Schemes,
        *,
        strict_query: StrictQuery,
        limit: int | None,
        open_form: Callable[[Request], Any] | None,
        refuse: Refusal,
        is_strict: bool,
    ) -> None:
        self._document = document
        self._engine = engine
        self._schemes = schemes
        self._strict_query: StrictQuery = strict_query
        self._limit = limit
        self._open_form = open_form
        self._refuse = refuse
        self._is_strict = is_strict
        self._bound: dict[Key, Operation] = {}
        self._plans: dict[Key, Plan | None] = {}
        self._responses: dict[Operation, ResponsePlans] = {}
        self._left: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._territory = Territory(document)

    def bind(self, rule: str, operation: Operation) -> None:
        """Say that a route serves an operation."""
        with self._lock:
            self._bound[rule, operation.method] = operation
            self._plans.clear()

    def leave(self, claims: set[tuple[str, str]]) -> None:
        """Leave paths and methods alone, which are those of another document."""
        with self._lock:
            self._left |= claims
            self._plans.clear()

    def plan(self, req: SimpleRequest) -> Plan | None:
        """Return the plan of a request, ``None`` when it is none of ours."""
        key = (req.routed_to.rule, req.method)
        plan = self._plans.get(key, _UNKNOWN)
        return self._find(req, key) if plan is _UNKNOWN else plan

    def is_api(self, req: SimpleRequest) -> bool:
        """Tell whether a request is for the API, served or not."""
        return self.plan(req) is not None or self._territory.has(req)

    def responses(self, operation: Operation) -> ResponsePlans | None:
        """Return what checks the answers of an operation, if it is one of ours."""
        if operation.document is not self._document:
            return None
        found = self._responses.get(operation)
        if found is None:
            found = ResponsePlans(
                self._engine.response, operation, is_strict=self._is_strict
            )
            self._responses[operation] = found
        return found

    def operation(self, rule: str, method: str) -> Operation | None:
        """Return the operation that a route serves by a method."""
        methods = ("HEAD", "GET") if method == "HEAD" else (method,)
        shape = _shape(rule)
        for name in methods:
            found = self._bound.get((rule, name))
            if found is None and (shape, name) not in self._left:
                found = self._shapes.get((shape, name))
            if found is not None:
                return found
        return None

    @cached_property
    def _shapes(self) -> dict[tuple[str, str], Operation]:
        """Operations by the shape of their path, with the server's and without."""
        shapes: dict[tuple[str, str], Operation] = {}
        for operation in self._document.operations:
            shape = template_shape(operation.path)
            for prefix in self._document.prefixes(operation):
                shapes.setdefault((prefix + shape, operation.method), operation)
        for operation in self._document.operations:
            shape = template_shape(operation.path)
            shapes.setdefault((shape, operation.method), operation)
        return shapes

    def _find(self, req: SimpleRequest, key: Key) -> Plan | None:
        rule, method = key
        # What the framework answers itself has no handler of anybody.
        if rule is None or method is None or req.uri_handler is None:
            return None
        with self._lock:
            operation = self.operation(rule, method)
            plan: Plan | None = None
            if operation is not None and not self._is_beside(req, rule, operation):
                plan = self._build(operation, req.routed_to.names)
            self._plans[key] = plan
            return plan

    def _is_beside(self, req: SimpleRequest, rule: str, operation: Operation) -> bool:
        """Tell a page like ``/pets`` beside the operation that is at ``/v1/pets``."""
        shape = template_shape(operation.path)
        own = {prefix + shape for prefix in self._document.prefixes(operation)}
        if (rule, operation.method) in self._bound or _shape(rule) in own:
            return False
        app = cast("Application[Any]", req.app)
        return any(
            operation.method in row.methods and _shape(row.rule) in own
            for row in app.route_table
        )

    def _build(self, operation: Operation, names: Sequence[str | None]) -> Plan:
        return Plan(
            operation,
            self._engine.request,
            names,
            security=self._schemes.plan(operation.security),
            strict_query=self._strict_query,
            limit=self._limit,
            open_form=self._open_form,
            refuse=self._refuse,
        )


class HostCheck:
    """Whether a request came to one of the servers of its operation.

    Args:
        document: the document.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[Operation, list[re.Pattern[str]]] = {}

    def is_served(self, req: Request, operation: Operation) -> bool:
        """Tell whether scheme and host are those of a server."""
        patterns = self._known.get(operation)
        if patterns is None:
            patterns = self._known[operation] = [
                *map(_host_pattern, _absolute_urls(operation))
            ]
        url = req.construct_url("")
        return not patterns or any(pattern.fullmatch(url) for pattern in patterns)


def _shape(rule: str) -> str:
    return template_shape(rule_to_template(rule))


def _absolute_urls(operation: Operation) -> list[str]:
    urls = [str(server.get("url", "/")) for server in operation.servers]
    return [url for url in urls if "://" in url]


def _host_pattern(url: str) -> re.Pattern[str]:
    parts = urlsplit(url)
    pieces = re.split(r"\{[^{}]*\}", f"{parts.scheme}://{parts.netloc}")
    first, *others = map(re.escape, pieces)
    inner = [f"(?>[^/]*?{piece})" for piece in others[:-1]]  # the first place will do
    last = [f"[^/]*{piece}" for piece in others[-1:]]
    return re.compile("".join([first, *inner, *last]), re.IGNORECASE)
