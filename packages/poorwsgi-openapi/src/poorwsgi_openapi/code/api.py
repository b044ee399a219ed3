"""Code first: an application whose document is made of its handlers.

``Api`` collects handlers with their routes, as a group of routes does.  When it is
installed it writes the document, and an ``OpenAPI`` of it does all the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict, TypeVar, Unpack

from poorwsgi_core import Application, BaseResponse, Request
from poorwsgi_core.application.handlers import check_given, check_handler, mark_routed
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.state import methods
from poorwsgi_openapi.bindings import check_name
from poorwsgi_openapi.checks.faults import Problem
from poorwsgi_openapi.checks.security import Verifier, left_to_guard
from poorwsgi_openapi.code.calls import build_call
from poorwsgi_openapi.code.guards import guard_again, list_guards, peel_guards
from poorwsgi_openapi.code.operations import Signature, read_signature
from poorwsgi_openapi.code.options import Options
from poorwsgi_openapi.code.responses import Answers, describe_problem
from poorwsgi_openapi.code.schemas import Schemas
from poorwsgi_openapi.document.pointers import is_map
from poorwsgi_openapi.document.rules import rule_to_template
from poorwsgi_openapi.extension import ErrorHandler, OpenAPI
from poorwsgi_openapi.tools.export import read_texts

__all__ = ["About", "Api"]

_F = TypeVar("_F", bound=Callable[..., Any])
_V = TypeVar("_V", bound=Verifier)
_VERSION = "3.1.1"
_PROBLEM = {"$ref": "#/components/responses/Problem"}

Security = str | Mapping[str, Sequence[str]] | Sequence[Mapping[str, Sequence[str]]]
"""Name of a scheme; schemes with their scopes; or alternatives of such."""


class About(TypedDict, total=False):
    """What is said of an operation besides its signature.

    Attributes:
        operation_id: the ``operationId``, none when it is empty; name of the handler
            by default.
        summary: one line; that of the docstring by default.
        description: more; the rest of the docstring by default.
        tags: names of tags.
        deprecated: clients shall use it no more.
        answers: what else is answered, by status: a text, a type or an ``Answer``;
            and words about what is returned.
        security: what credentials it needs; that of the ``Api`` by default.
        fields: any fields of OpenAPI's operation, as they are.
    """

    operation_id: str
    summary: str
    description: str
    tags: Sequence[str]
    deprecated: bool
    answers: Answers
    security: Security
    fields: Mapping[str, Any]


class _Planned(NamedTuple):
    """An operation, or a webhook by its name, that waits for an application."""

    rule: str
    webhook: str
    method: str
    handler: Callable[..., Any]
    signature: Signature
    operation: dict[str, Any]


class Api:
    """An API that is described by its code.

    Args:
        title: name of the API.
        version: its version.
        description: what it is; CommonMark.
        servers: URLs; the paths of these are in front of all routes.
        security: what credentials operations need that say nothing about it.
        problems: let the document say of each operation that other answers are
            problem documents (RFC 9457), as they are.
        fields: any fields of OpenAPI's document, as they are, such as ``tags``.
        **options: those of ``OpenAPI``.
    """

    def __init__(
        self,
        title: str,
        version: str,
        *,
        description: str = "",
        servers: Sequence[str | Mapping[str, Any]] = (),
        security: Security = (),
        problems: bool = True,
        fields: Mapping[str, Any] | None = None,
        **options: Unpack[Options],
    ) -> None:
        described = {"description": description} if description else {}
        self._info = {"title": title, "version": version, **described}
        self._servers = [
            {"url": each} if isinstance(each, str) else {**each} for each in servers
        ]
        self._security = _read_security(security)
        self._problems = problems
        self._fields = {**(fields or {})}
        self._options = options
        self._schemas = Schemas()
        self._planned: list[_Planned] = []
        self._places: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._schemes: dict[str, Mapping[str, Any]] = {}
        self._verifiers: dict[str, Verifier] = {}
        self._left_to_guards: set[str] = set()
        self._error_handler: ErrorHandler | None = None
        self._openapi: OpenAPI | None = None

    # --- what applications say ---------------------------------------------------

    def get(self, rule: str, **about: Unpack[About]) -> Callable[[_F], _F]:
        """Let a function answer GET, and HEAD; a decorator.

        Args:
            rule: path, with groups such as ``/pets/<id:int>``.
            **about: see ``About``.
        """
        return self.route(rule, "GET", **about)

    def post(self, rule: str, **about: Unpack[About]) -> Callable[[_F], _F]:
        """Let a function answer POST; a decorator."""
        return self.route(rule, "POST", **about)

    def put(self, rule: str, **about: Unpack[About]) -> Callable[[_F], _F]:
        """Let a function answer PUT; a decorator."""
        return self.route(rule, "PUT", **about)

    def patch(self, rule: str, **about: Unpack[About]) -> Callable[[_F], _F]:
        """Let a function answer PATCH; a decorator."""
        return self.route(rule, "PATCH", **about)

    def delete(self, rule: str, **about: Unpack[About]) -> Callable[[_F], _F]:
        """Let a function answer DELETE; a decorator."""
        return self.route(rule, "DELETE", **about)

    def route(
        self, rule: str, method: str, **about: Unpack[About]
    ) -> Callable[[_F], _F]:
        """Let a function answer a method; a decorator.

        Raises:
            TypeError: an argument of the function has no type, or one that can't be
                described, or it lacks one for a value of the path.
            ValueError: there is such an operation already, or an ``operationId``.
            RuntimeError: the Api is installed already.
        """
        check_given(rule, str, "A route needs its path: write @api.get('/path')")

        def decorate(handler: _F) -> _F:
            check_handler(handler)
            self._plan(rule, "", method.upper(), handler, about)
            return handler

        return decorate

    def webhook(
        self,
        name: str,
        path: str | None = None,
        method: str = "POST",
        **about: Unpack[About],
    ) -> Callable[[_F], _F]:
        """Let a function receive a webhook; a decorator.

        Args:
            name: name of the webhook.
            path: where it is received; ``/webhooks/<name>`` by default.
            method: how it is sent.
            **about: see ``About``.

        Raises:
            TypeError: as ``route`` does, and so the others.
        """
        check_name("webhook", "name", name)
        rule = f"/webhooks/{name}" if path is None else path

        def decorate(handler: _F) -> _F:
            check_handler(handler)
            self._plan(rule, name, method.upper(), handler, about)
            return handler

        return decorate

    def security(self, name: str, scheme: Mapping[str, Any]) -> Callable[[_V], _V]:
        """Add a security scheme, and let a function verify it; a decorator.

        Args:
            name: what operations call it.
            scheme: OpenAPI's security scheme, such as
                ``{"type": "http", "scheme": "bearer"}``.
        """
        self._check_open()
        self._schemes[name] = scheme

        def decorate(verify: _V) -> _V:
            self._verifiers[name] = verify
            return verify

        return decorate

    def error_handler(self, handler: _F) -> _F:
        """Let a function answer requests that are refused; a decorator.

        See ``OpenAPI.error_handler``.
        """
        self._check_open()
        self._error_handler = handler
        return handler

    def build_document(self) -> dict[str, Any]:
        """Write the document of what is registered."""
        more = self._schemas.fill(self._fields, "fields")
        sections: dict[str, dict[str, Any]] = {"paths": {}, "webhooks": {}}
        for each in self._planned:
            section = sections["webhooks" if each.webhook else "paths"]
            item = section.setdefault(each.webhook or each.signature.template, {})
            item[each.method.lower()] = each.operation
        responses: dict[str, Any] = {}
        if self._problems and self._planned:
            described = {"description": "What is wrong with the request"}
            content = describe_problem(self._schemas)
            responses["Problem"] = {**described, "content": content}
        components = {
            "responses": responses,
            "schemas": self._schemas.components,
            "securitySchemes": {**self._schemes},
        }
        document: dict[str, Any] = {
            "openapi": _VERSION,
            "info": self._info,
            "servers": self._servers,
            "security": self._security,
            **sections,
            "components": {kind: each for kind, each in components.items() if each},
        }
        kept = {key: each for key, each in document.items() if each or key == "paths"}
        return _merge(kept, more)

    # --- wiring ------------------------------------------------------------------

    def install(self, app: Application[Any]) -> None:
        """Make the document, set the routes, and check what comes.

        Raises:
            RuntimeError: it is installed already.
            ValueError: the document is broken; see ``OpenAPI``.
        """
        self._check_open()
        self._check_guards()
        verifiers = {
            **self._verifiers,
            **dict.fromkeys(self._left_to_guards, left_to_guard),
        }
        options: Options = {"undocumented": ("/*",), **self._options}
        openapi = OpenAPI(self.build_document(), security=verifiers, **options)
        self._openapi = openapi
        if self._error_handler is not None:
            openapi.error_handler(self._error_handler)

        def refuse(req: Request, problem: Problem) -> BaseResponse:
            return openapi.refuse(req, problem, req.api.operation)

        document = openapi.document
        operations = (*document.operations, *document.webhooks)
        found = {(each.path, each.method): each for each in operations}
        for rule, webhook, method, handler, signature, _ in self._planned:
            guards, inner = peel_guards(handler)
            call = build_call(inner, signature, refuse)
            operation = found[webhook or signature.template, method]
            if guards:
                openapi.defer(operation)
                call = guard_again(guards, openapi.check_deferred, call)
            if webhook:
                openapi.webhook(webhook, rule, method)(call)
                continue
            for prefix in document.prefixes(operation):
                app.set_route(prefix + signature.rule, call, methods[method])
        app.install(openapi)

    def _plan(
        self,
        rule: str,
        webhook: str,
        method: str,
        handler: Callable[..., Any],
        about: About,
    ) -> None:
        self._check_open()
        place = describe_handler(handler).place
        if method not in methods:
            raise ValueError(
                f"{place}: the framework serves no {method}; it serves "
                f"{', '.join(methods)}"
            )
        operation = _describe(handler, about)
        if "operationId" in operation:
            _claim(self._ids, operation["operationId"], place, "operationId")
        where = f"webhook {webhook}" if webhook else rule_to_template(rule)
        _claim(self._places, f"{method} {where}", place, "operation")
        answers = about.get("answers", {})
        # The document doesn't say where a webhook is received.
        signature = read_signature(
            handler, "/" if webhook else rule, self._schemas, answers
        )
        operation |= signature.operation
        if self._problems and "default" not in operation["responses"]:
            operation["responses"]["default"] = _PROBLEM
        guards = self._read_guards(handler)
        if "security" in about or guards:
            given = _read_security(about.get("security", self._security)) or [{}]
            operation["security"] = [{**alternative, **guards} for alternative in given]
        operation |= self._schemas.fill({**about.get("fields", {})}, place)
        self._planned.append(
            _Planned(rule, webhook, method, handler, signature, operation)
        )
        mark_routed(handler)

    def _read_guards(self, handler: Any) -> dict[str, list[str]]:
        """Declare the schemes of a handler's guards, and return what it needs."""
        needed: dict[str, list[str]] = {}
        for guarding in list_guards(handler):
            name, number = guarding.name, 1
            while self._schemes.get(name, guarding.scheme) != guarding.scheme or (
                name in self._verifiers
            ):
                number += 1
                name = f"{guarding.name}_{number}"
            self._schemes[name] = guarding.scheme
            self._left_to_guards.add(name)
            needed[name] = [*guarding.scopes]
        return needed

    def _check_guards(self) -> None:
        """Refuse a requirement that only a guard could meet, where there is none.

        Raises:
            ValueError: there is one.
        """
        for each in self._planned:
            has = self._read_guards(each.handler)
            for alternative in each.operation.get("security", self._security):
                missing = self._left_to_guards & alternative.keys() - has.keys()
                if missing:
                    raise ValueError(
                        f"{describe_handler(each.handler).place} asks for "
                        f"{missing.pop()}, which is that of a guard: put the guard "
                        "on this handler too"
                    )

    def _check_open(self) -> None:
        if self._openapi is not None:
            raise RuntimeError(
                "This Api is installed already, and its document is made: register "
                "all of it first, then app.install(api)"
            )


def _describe(handler: Callable[..., Any], about: About) -> dict[str, Any]:
    name = str(getattr(handler, "__name__", type(handler).__name__))
    texts = {"operationId": about.get("operation_id", name), **read_texts(handler)}
    texts["summary"] = about.get("summary", texts.get("summary", ""))
    texts["description"] = about.get("description", texts.get("description", ""))
    operation: dict[str, Any] = {key: text for key, text in texts.items() if text}
    if tags := about.get("tags"):
        operation["tags"] = [*tags]
    if about.get("deprecated"):
        operation["deprecated"] = True
    return operation


def _merge(node: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Add fields to a part of a document; what both have as objects is merged."""
    merged = {**node}
    for key, value in more.items():
        known = node.get(key)
        merged[key] = _merge(known, value) if is_map(known) and is_map(value) else value
    return merged


def _claim(known: dict[str, str], key: str, place: str, what: str) -> None:
    if key in known:
        raise ValueError(
            f"{place}: the {what} {key} is that of {known[key]} already; "
            "give one of them another"
        )
    known[key] = place


def _read_security(given: Security) -> list[dict[str, list[str]]]:
    if isinstance(given, str):
        return [{given: []}]
    alternatives = [given] if isinstance(given, Mapping) else given
    return [
        {name: [*scopes] for name, scopes in alternative.items()}
        for alternative in alternatives
    ]
