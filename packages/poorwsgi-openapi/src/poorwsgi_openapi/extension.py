"""The extension: a document is served, and its rules kept, by an application.

It is given to one by ``app.install(OpenAPI("openapi.yaml"))``.  What is called
through it, in the order of a request: ``dispatch`` finds the plan of the operation,
the plan (``plans``) checks the request and gives ``req.api``, ``problems`` answers
what doesn't pass, ``responses`` looks at what the handler answered.
"""

import os
import threading
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from poorwsgi_core import Application, BaseResponse, Request, SimpleRequest
from poorwsgi_core.response import to_response
from poorwsgi_core.state import HTTP_NOT_FOUND
from poorwsgi_openapi.answers.problem_pages import ProblemPages
from poorwsgi_openapi.answers.problems import build_response, log_refusal
from poorwsgi_openapi.answers.served import ServedDocument
from poorwsgi_openapi.bindings import Bindings, check_handler, check_name
from poorwsgi_openapi.checks.dispatch import Dispatcher, HostCheck
from poorwsgi_openapi.checks.engine import MOST_STEPS, Engine
from poorwsgi_openapi.checks.faults import Fault, Problem, ProblemFound
from poorwsgi_openapi.checks.form_parser import find_parser, refuse_forms
from poorwsgi_openapi.checks.plans import Plan, StrictQuery, sum_up
from poorwsgi_openapi.checks.responses import ResponseCheck, ResponsePlans
from poorwsgi_openapi.checks.security import Schemes, Verifier, grant_all
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.neighbours import Neighbour, check_prefix
from poorwsgi_openapi.tools.agreement import Agreement, Check, Differs, report
from poorwsgi_openapi.tools.coverage import observers
from poorwsgi_openapi.tools.route_check import Difference, find_unrouted
from poorwsgi_openapi.tools.unsupported import warn_of_document

if TYPE_CHECKING:
    from openapi_core import Config

__all__ = ["ErrorHandler", "OpenAPI"]

_F = TypeVar("_F", bound=Callable[..., Any])
_V = TypeVar("_V", bound=Callable[..., Any])

ErrorHandler = Callable[[Any, Problem], Any]


class OpenAPI:
    """What a document says, done for an application.

    Args:
        document: path of a JSON or YAML file, the decoded document, or a
            ``Document``.
        security: verifiers by name of the security scheme; ``"mock"`` takes whatever
            credentials are shown, for mocks only.
        check: what is done when routes and document differ, when the extension
            is installed and before the first request: raise, warn, or nothing.
        undocumented: routes that are left out of the document on purpose, such
            as ``"/"``; ``"/admin/*"`` are all that begin so.
        check_document: check the document against the specification.
        check_cache: folder where a good verdict on a large document is kept, so that
            it is checked once; ``True`` for that of the user, ``False`` for none.
        refs_below: folder that the files which the document refers to have to be in;
            that of the document by default.
        validate_responses: what is done when a handler answers otherwise than
            documented: nothing, an ERROR in the log, or 500.
        sample: share of the responses that are looked at, from 0 to 1.
        strict_responses: errors have to be documented too.
        strict_query: what is done with unknown arguments in a query.
        strict_hosts: answer 404 unless scheme and host are those of a server;
            otherwise only the paths of server URLs count.
        max_body_size: most bytes of a body that is read into memory; 413.
        max_validation_steps: what checking a value may cost, for each 64 KiB of a
            body; one step looks at one value by one schema.  A body that costs more
            is 413, a parameter 400.
        form_parser: gives the form of a request; ``req.form`` by default.
        mock: answer from the examples of the document: for operations that have
            no handler when the extension is installed, or for all.
        prefix: path that the document is served below, such as ``/v1``, and where it
            names no server, its operations too; one application may have several.
        json_path: where the document is served as JSON, ``None`` for nowhere.
        yaml_path: where it is served as YAML, likewise.
        docs_path: where the page about it is served, likewise.
        docs_assets: ``try`` lets the page send requests; ``swagger``, ``redoc`` or
            ``scalar`` of an installed package, or a folder with the files of one,
            takes its place.
        realm: what challenges name; the title of the document by default.
        config: of openapi-core, for formats and media types of your own.

    Raises:
        ValueError: the document is broken; with file, line and pointer.
        OSError: it can't be read.
    """

    _dispatcher: Dispatcher

    def __init__(
        self,
        document: "str | os.PathLike[str] | Mapping[str, Any] | Document",
        *,
        security: Mapping[str, Verifier] | Literal["mock"] | None = None,
        check: Check = "error",
        undocumented: Collection[str] = (),
        check_document: bool = True,
        check_cache: "str | os.PathLike[str] | bool" = True,
        refs_below: "str | os.PathLike[str] | None" = None,
        validate_responses: Literal["off", "log", "raise"] = "off",
        sample: float = 1.0,
        strict_responses: bool = False,
        strict_query: StrictQuery = "ignore",
        strict_hosts: bool = False,
        max_body_size: int | None = 2_621_440,
        max_validation_steps: int = MOST_STEPS,
        form_parser: Callable[[Any], Any] | None = None,
        mock: Literal["off", "missing", "all"] = "off",
        prefix: str = "",
        json_path: str | None = "/openapi.json",
        yaml_path: str | None = "/openapi.yaml",
        docs_path: str | None = "/docs",
        docs_assets: str | None = None,
        realm: str = "",
        config: "Config | None" = None,
    ) -> None:
        _check_option("check", check, "error", "warn", "off")
        _check_option("validate_responses", validate_responses, "off", "log", "raise")
        _check_option("strict_query", strict_query, "ignore", "warn", "reject")
        _check_option("mock", mock, "off", "missing", "all")
        document = _open(document, check_document, check_cache, refs_below)
        check_prefix(prefix)
        json_path, yaml_path, docs_path = (
            path and prefix + path for path in (json_path, yaml_path, docs_path)
        )
        document.place(json_path or yaml_path or f"{prefix}/", prefix)
        self.document = document
        self.neighbour = Neighbour(document, (json_path, yaml_path, docs_path))
        self._served = ServedDocument(
            document, json_path, yaml_path, docs_path, docs_assets
        )
        self._agreement = Agreement(check, undocumented)
        self._bindings = Bindings()
        self._mock = mock
        self._validate_responses = validate_responses
        self._sample = sample
        self._strict_responses = strict_responses
        self._strict_query: StrictQuery = strict_query
        self._hosts = HostCheck(document) if strict_hosts else None
        self._config = config
        self._limit = max_body_size
        self._most_steps = max_validation_steps
        self._form_parser = form_parser
        self._realm = (realm or _find_title(document)).replace('"', "'")
        self._verifiers = self._find_verifiers(security)
        self._error_handler: ErrorHandler | None = None
        self._deferred: set[Operation] = set()
        self._is_installed = False
        self._lock = threading.Lock()

    def _find_verifiers(
        self, security: Mapping[str, Verifier] | str | None
    ) -> dict[str, Verifier]:
        if not isinstance(security, str):
            return dict(security or {})
        _check_option("security", security, "mock")
        if self._mock == "off":
            raise ValueError(
                'security="mock" lets everybody in: give verifiers, or mock="missing"'
            )
        return dict.fromkeys(self.document.security_schemes, grant_all)

    # --- what applications say ---------------------------------------------------

    def operation(self, operation_id: str) -> Callable[[_F], _F]:
        """Let a function handle an operation; a decorator.

        Route and method are those of the document.  The function gets the
        request and the typed parameters in the path, in their order; one that
        takes ``**kwargs`` gets them by name.

        Args:
            operation_id: the ``operationId``.

        Raises:
            TypeError: from the decorator, of a function that can't take the values in
                the path.
            ValueError: there is none of that name, or its method is one that
                the framework doesn't serve.
        """
        check_name("operation", "operationId", operation_id)
        return self._bindings.bind_operation(self.document, operation_id)

    def webhook(
        self, name: str, path: str | None = None, method: str | None = None
    ) -> Callable[[_F], _F]:
        """Let a function receive a webhook of the document; a decorator.

        Args:
            name: name of the webhook.
            path: where it is received; ``/webhooks/<name>`` by default.
            method: that of the operation, such as ``POST``; all by default.

        Raises:
            ValueError: the document has no such webhook.
        """
        check_name("webhook", "name", name)
        rule = f"/webhooks/{name}" if path is None else path
        return self._bindings.bind_webhook(self.document, name, rule, method)

    @overload
    def security(self, scheme: str, verify: Verifier) -> None: ...

    @overload
    def security(self, scheme: str) -> Callable[[_V], _V]: ...

    def security(
        self, scheme: str, verify: Verifier | None = None
    ) -> Callable[[_V], _V] | None:
        """Bind a verifier to a security scheme; a decorator without *verify*.

        Args:
            scheme: name of the scheme in the document.
            verify: see the module ``security``.

        Raises:
            RuntimeError: the extension is installed already.
        """
        check_name("security", "scheme", scheme)
        if self._is_installed:
            raise RuntimeError(
                f"The security scheme {scheme!r} is bound too late: bind it before "
                "app.install(api)"
            )
        if verify is not None:
            self._verifiers[scheme] = verify
            return None

        def decorate(function: _V) -> _V:
            self._verifiers[scheme] = function
            return function

        return decorate

    def error_handler(self, handler: _F) -> _F:
        """Let a function answer requests that are refused; a decorator.

        It gets the request and a ``Problem``, and returns what a handler may
        return, or ``None`` for the usual answer.  So it is with what the
        framework answers a client of the API, such as 404, 405 and 500.
        """
        check_handler("error_handler", handler)
        self._error_handler = handler
        return handler

    def refuse(
        self, req: Request, problem: Problem, operation: Operation
    ) -> BaseResponse:
        """Build the answer to a request which can't be served.

        Args:
            req: the request.
            problem: what is wrong with it.
            operation: what it asks for.
        """
        log_refusal(problem, operation)
        response = self._answer(req, problem)
        return build_response(req, problem) if response is None else response

    def defer(self, operation: Operation) -> None:
        """Leave the check of an operation to its handler.

        It calls ``check_deferred``; guards may so be asked before.
        """
        self._deferred.add(operation)

    def check(self, app: Application[Any]) -> None:
        """Compare the routes of an application with the document.

        This happens by itself: when the extension is installed, if each
        operation has its route by then, else before the first request.

        Raises:
            RuntimeError: they differ; with all differences.
        """
        report(self.find_differences(app))

    def find_differences(self, app: Application[Any]) -> list[Difference]:
        """List where the routes of an application and the document differ."""
        return self._compare(self.document, app)

    # --- wiring ------------------------------------------------------------------

    def install(self, app: Application[Any]) -> None:
        """Register hooks and routes.

        Raises:
            RuntimeError: the extension is installed already, another document has
                a path of this one, or a multipart form is documented and nobody
                parses it.
            ValueError: a security scheme has no verifier.
        """
        if self._is_installed:
            raise RuntimeError(
                "This OpenAPI is installed already: make one for each application"
            )
        self._dispatcher = dispatcher = self._build_dispatcher(app, self.document)
        self.neighbour.settle(app)
        self.neighbour.use(dispatcher)
        self._is_installed = True
        self._bindings.wire(app, dispatcher)
        self._served.wire(app)
        self._add_mocks(app)
        is_elsewhere = self.neighbour.is_elsewhere
        app.add_page_handler(ProblemPages(self._is_api, self._answer, is_elsewhere))
        app.add_before_response(self._check_request)
        if self._validate_responses != "off":
            is_raising = self._validate_responses == "raise"
            app.add_after_response(
                ResponseCheck(self._find_plans, self._sample, is_raising=is_raising)
            )
        if observers:
            for observer in observers:
                observer.add_document(self.document)
            app.add_after_response(self._tell_observers)
        if not self._find_unrouted(app):
            self._check_once(app)
        warn_of_document(self.document)

    def _build_dispatcher(
        self, app: Application[Any], document: Document
    ) -> Dispatcher:
        open_form = self._form_parser or find_parser(app)
        if open_form is None:
            refuse_forms(document)
        return Dispatcher(
            document,
            Engine(document, self._config, self._most_steps),
            Schemes(document, self._verifiers, self._realm),
            strict_query=self._strict_query,
            limit=self._limit,
            open_form=open_form,
            refuse=self.refuse,
            is_strict=self._strict_responses,
        )

    def _add_mocks(self, app: Application[Any]) -> None:
        """Answer for operations without a route; one that comes later wins."""
        if self._mock != "off":
            from poorwsgi_openapi.answers.mock import answer_mock

            self._bindings.add_mocks(app, self._find_unrouted(app), answer_mock)

    def _find_unrouted(self, app: Application[Any]) -> list[Operation]:
        return find_unrouted(self.document, app, self.neighbour.documents)

    def _refresh(self, req: Request) -> None:
        """Follow the files of the document; all that is wrong is the answer."""
        from poorwsgi_openapi.reloading import refuse_by

        with self._lock:
            if self.document.has_changed():
                try:
                    self._read_again(cast("Application[Any]", req.app))
                except (OSError, ValueError, RuntimeError) as error:
                    raise refuse_by(req, error) from None

    def _read_again(self, app: Application[Any]) -> None:
        from poorwsgi_openapi.reloading import find_again

        document = self.document.read_again()
        dispatcher = self._build_dispatcher(app, document)
        self._bindings.follow(dispatcher, partial(find_again, document))
        self._agreement.check_again(self._compare(document, app))
        self._bindings.use(dispatcher)
        self.neighbour.use(dispatcher, document)
        self._dispatcher, self.document = dispatcher, document
        self._hosts = HostCheck(document) if self._hosts is not None else None
        self._served.renew(document)

    # --- requests ----------------------------------------------------------------

    def _check_request(self, req: Request) -> BaseResponse | None:
        if self.document.source is not None and req.debug:
            self._refresh(req)
        if self._agreement.is_open:
            self._check_start(req)
        plan = self._dispatcher.plan(req)
        if plan is None or plan.operation in self._deferred:
            return None
        return self._run(req, plan)

    def check_deferred(self, req: Request) -> BaseResponse | None:
        """Check a request of an operation that is deferred; ``None`` if it passes."""
        plan = self._dispatcher.plan(req)
        return None if plan is None else self._run(req, plan)

    def _run(self, req: Request, plan: Plan) -> BaseResponse | None:
        if self._hosts is not None and not self._hosts.is_served(req, plan.operation):
            detail = "This is none of the servers of the API"
            return self.refuse(req, Problem(HTTP_NOT_FOUND, detail), plan.operation)
        faults: list[Fault] = []
        try:
            api = plan.run(req, faults)
        except ProblemFound as error:
            return self.refuse(req, error.problem, plan.operation)
        if faults:
            return self.refuse(req, sum_up(faults), plan.operation)
        req.api = api
        if self._mock != "all":
            return None
        from poorwsgi_openapi.answers.mock import answer_mock

        return answer_mock(req)

    def _check_start(self, req: Request) -> None:
        try:
            self._check_once(cast("Application[Any]", req.app))
        except Differs as error:
            if not req.debug:
                raise
            from poorwsgi_openapi.reloading import refuse_by

            # A traceback would hide what there is to correct.
            raise refuse_by(req, error) from None

    def _check_once(self, app: Application[Any]) -> None:
        self._agreement.check_once(lambda: self._compare(self.document, app))

    def _compare(self, document: Document, app: Application[Any]) -> list[Difference]:
        rules, beside = self._bindings.webhook_rules, self.neighbour.documents
        return self._agreement.compare(document, app, rules, beside)

    def _tell_observers(
        self, req: SimpleRequest, response: BaseResponse
    ) -> BaseResponse:
        plan = self._dispatcher.plan(req)
        if plan is not None:
            for observer in observers:
                observer.record(plan.operation, response)
        return response

    def _find_plans(self, operation: Operation) -> ResponsePlans | None:
        return self._dispatcher.responses(operation)

    def _is_api(self, req: SimpleRequest) -> bool:
        return self._dispatcher.is_api(req)

    def _answer(self, req: SimpleRequest, problem: Problem) -> BaseResponse | None:
        """Ask the error handler; a request that can't be read is none for it."""
        if self._error_handler is None or not isinstance(req, Request):
            return None
        value = self._error_handler(req, problem)
        return None if value is None else to_response(value)


def _open(
    document: "str | os.PathLike[str] | Mapping[str, Any] | Document",
    check: bool,
    cache: "str | os.PathLike[str] | bool",
    refs_below: "str | os.PathLike[str] | None",
) -> Document:
    if isinstance(document, Document):
        return document
    return Document(document, check=check, cache=cache, refs_below=refs_below)


def _find_title(document: Document) -> str:
    info: Any = document.raw.get("info") or {}
    return str(info.get("title", "API"))


def _check_option(name: str, value: str, *allowed: str) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}: choose one of {', '.join(allowed)}")
