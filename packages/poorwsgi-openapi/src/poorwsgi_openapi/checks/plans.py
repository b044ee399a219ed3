"""The plan of an operation: all that a request has to pass, ready to run.

A plan is made when its operation is first asked for, and never changes.  It
runs security, then parameters and body, of which all faults are told together.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from poorwsgi_core import Request
from poorwsgi_core.http.cookies import parse_cookies
from poorwsgi_core.http.urlencoded import TooManyFields, parse_pairs
from poorwsgi_core.request.arguments import collect_values
from poorwsgi_core.state import HTTP_BAD_REQUEST, HTTP_REQUEST_ENTITY_TOO_LARGE
from poorwsgi_openapi.checks.bodies import BodyPlan, Refusal
from poorwsgi_openapi.checks.certain import UNSURE
from poorwsgi_openapi.checks.engine import Side
from poorwsgi_openapi.checks.faults import Fault, Problem, ProblemFound
from poorwsgi_openapi.checks.parameters import ABSENT, ParameterPlan, Refused
from poorwsgi_openapi.checks.querystrings import QuerystringPlan
from poorwsgi_openapi.checks.security import SecurityPlan
from poorwsgi_openapi.checks.variables import header_variable, note_vary
from poorwsgi_openapi.document.document import Operation
from poorwsgi_openapi.document.styles import IGNORED_HEADERS

__all__ = ["ApiRequest", "Plan", "StrictQuery", "sum_up"]

log = logging.getLogger("poorwsgi")

_PLAIN = (str, int, float)
_MOST_COOKIES = 1000
_WHOLE = "The request is invalid"
_HIGH_OCTET = re.compile("%[89A-Fa-f]")
StrictQuery = Literal["ignore", "warn", "reject"]


class ApiRequest:
    """A request as the document sees it: ``req.api``.

    Attributes:
        operation: the operation that is asked for.
        path: typed parameters in the path, by name.
        query: typed parameters in the query; those that were not sent are
            missing, unless they have a default.
        headers: typed headers that the document names, likewise.
        cookies: typed cookies, likewise.
        body: the typed body, ``None`` without one; of a sequence of items that has
            no schema as a whole, an iterator, which raises ``HTTPException`` where an
            item doesn't fit.
        security: user by name of the scheme that let the request in.
    """

    __slots__ = ("body", "cookies", "headers", "operation", "path", "query", "security")

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.path: dict[str, Any] = {}
        self.query: dict[str, Any] = {}
        self.headers: dict[str, Any] = {}
        self.cookies: dict[str, Any] = {}
        self.body: Any = None
        self.security: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<ApiRequest {self.operation.method} {self.operation.path}>"


class Plan:
    """What a request for one operation passes.

    Args:
        operation: the operation.
        side: what checks values.
        names: names of the values in the path, as the route has them.
        security: its requirements, prepared.
        strict_query: what is done with arguments that nobody knows.
        limit: most bytes of a body in memory.
        open_form: gives the form of a request.
        refuse: see ``BodyPlan``.
    """

    def __init__(
        self,
        operation: Operation,
        side: Side,
        names: Sequence[str | None],
        *,
        security: SecurityPlan | None,
        strict_query: StrictQuery,
        limit: int | None,
        open_form: Callable[[Request], Any] | None,
        refuse: Refusal,
    ) -> None:
        self.operation = operation
        self._security = security
        self._strict_query: StrictQuery = strict_query
        plans = [
            ParameterPlan(side, node, keys)
            for node, keys in operation.located_parameters
            if node.get("in") != "querystring"
        ]
        self._whole_query = _find_whole_query(side, operation)
        self._path = _match_path(operation, plans, names)
        self._query = [plan for plan in plans if plan.place == "query"]
        headers = [
            (header_variable(plan.name), plan)
            for plan in plans
            if plan.place == "header"
        ]
        ignored = [each for each in headers if each[1].name.lower() in IGNORED_HEADERS]
        self._headers = [each for each in headers if each not in ignored]
        self._ignored = [(variable, plan.name) for variable, plan in ignored]
        self._cookies = [plan for plan in plans if plan.place == "cookie"]
        self._vary = [plan.name for _, plan in headers] + ["Cookie"] * bool(
            self._cookies
        )
        for group in (self._query, self._cookies):
            for plan in group:
                plan.others = {each.name for each in group if each is not plan}
        self._known = [name for plan in plans for name in plan.query_names()]
        if security is not None:
            self._known += [re.compile(re.escape(n)) for n in security.query_names()]
        self._body: BodyPlan | None = None
        if "requestBody" in operation.raw:
            self._body = BodyPlan(side, operation, limit, open_form, refuse)
        self._reads_query = bool(
            self._query or self._whole_query or strict_query != "ignore"
        )

    def run(self, req: Request, faults: list[Fault]) -> ApiRequest:
        """Check a request and return its typed parts.

        Args:
            req: the request.
            faults: gets what is wrong with parameters and body, see ``sum_up``.

        Raises:
            ProblemFound: it can't be read, or nobody lets it in.
            HTTPException: a verifier refuses it in its own words.
        """
        api = ApiRequest(self.operation)
        if self._security is not None:
            self._run_security(req, api, self._security)
        if self._path:
            # PERF: the usual value is found and checked in this loop alone.
            values, found = req.path_values, api.path
            for index, plan in self._path:
                value = values[index]
                if value.__class__ not in _PLAIN:
                    value = str(value)
                made = plan.certain(value) if value.__class__ is str else UNSURE
                if made is UNSURE:
                    _keep(plan.name, plan.ask, {plan.name: value}, found, faults)
                else:
                    found[plan.name] = made
        if self._reads_query:
            self._run_query(req, api, faults)
        if self._headers or self._cookies or self._ignored:
            self._run_headers(req, api, faults)
        if self._body is not None:
            try:
                api.body = self._body.read(req, faults)
            except ProblemFound as error:
                if not faults:
                    raise
                raise ProblemFound(_join(faults, error.problem)) from error
        return api

    def _run_security(
        self, req: Request, api: ApiRequest, security: SecurityPlan
    ) -> None:
        users = api.security = security.verify(req)
        for user in users.values():
            req.user = user
            break

    def _run_query(self, req: Request, api: ApiRequest, faults: list[Fault]) -> None:
        query = req.query
        values = _parse_query(req, query) if query else {}
        found = api.query
        for plan in self._query:
            _read(plan, values, found, faults)
        if self._whole_query is not None:
            whole = self._whole_query
            _keep(whole.name, whole.read, query, found, faults)
        elif self._strict_query != "ignore" and values:
            self._check_names(values, faults)

    def _check_names(self, values: Mapping[str, Any], faults: list[Fault]) -> None:
        unknown = [
            name
            for name in values
            if not any(pattern.fullmatch(name) for pattern in self._known)
        ]
        if self._strict_query == "reject":
            faults += [
                Fault("query", "unknown", "is not known here", name=name[:100])
                for name in unknown[:20]
            ]
        elif unknown:
            log.warning(
                "%s %s: unknown query arguments: %s",
                self.operation.method,
                self.operation.path,
                ", ".join(repr(name[:100]) for name in unknown[:20]),
            )

    def _run_headers(self, req: Request, api: ApiRequest, faults: list[Fault]) -> None:
        environ = req.environ
        note_vary(req, self._vary)
        for variable, plan in self._headers:
            value = environ.get(variable)
            values = {} if value is None else {plan.name: value}
            _read(plan, values, api.headers, faults)
        for variable, name in self._ignored:
            # OpenAPI says to ignore their definitions: a text is a text.
            if variable in environ:
                api.headers[name] = environ[variable]
        if self._cookies:
            header = environ.get("HTTP_COOKIE", "")
            cookies = parse_cookies(header)
            for plan in self._cookies:
                sent = _spread_cookies(header) if plan.style.is_spread else cookies
                _read(plan, sent, api.cookies, faults)


def _read(
    plan: ParameterPlan,
    values: Mapping[str, Any],
    found: dict[str, Any],
    faults: list[Fault],
) -> None:
    made = plan.certain(values[plan.name]) if plan.name in values else UNSURE
    if made is UNSURE:
        _keep(plan.name, plan.ask, values, found, faults)
    else:
        found[plan.name] = made


def _keep(
    name: str,
    read: Callable[[Any], Any],
    given: Any,
    found: dict[str, Any],
    faults: list[Fault],
) -> None:
    """Keep a value, if there is one, or what is wrong with it."""
    try:
        value = read(given)
    except Refused as error:
        faults.extend(error.faults)
        return
    if value is not ABSENT:
        found[name] = value


def _find_whole_query(side: Side, operation: Operation) -> QuerystringPlan | None:
    for node, keys in operation.located_parameters:
        if node.get("in") == "querystring":
            return QuerystringPlan(side, node, keys)
    return None


def _parse_query(req: Request, query: str) -> dict[str, Any]:
    """Parse a query; a name with several values has a list of them."""
    if not query.isascii():
        query = _decode(query.encode("latin-1", "replace"))
    limit = req.app.max_form_parts
    try:
        pairs = parse_pairs(query, keep_blank_values=True, max_fields=limit)
    except TooManyFields as error:
        detail = f"The query has more than {limit} arguments"
        raise ProblemFound(Problem(HTTP_REQUEST_ENTITY_TOO_LARGE, detail)) from error
    if _HIGH_OCTET.search(query):
        _decode(unquote_to_bytes(query))
    return collect_values(pairs)


def _decode(octets: bytes) -> str:
    """Decode a query; octets that are no text would be read as U+FFFD."""
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        message = "has octets that are not UTF-8"
        fault = Fault("query", "encoding", message)
        problem = Problem(HTTP_BAD_REQUEST, f"The query {message}", [fault])
        raise ProblemFound(problem) from error


def _spread_cookies(header: str) -> dict[str, Any]:
    """Read cookies of which one may have several values, or several names.

    Such are separated as cookies are, or by ``&`` as the style ``form`` has it.
    """
    pieces = re.split("[;&]", header, maxsplit=_MOST_COOKIES)[:_MOST_COOKIES]
    return collect_values(
        pair for piece in pieces for pair in parse_cookies(piece).items()
    )


def _match_path(
    operation: Operation, plans: Sequence[ParameterPlan], names: Sequence[str | None]
) -> list[tuple[int, ParameterPlan]]:
    """Tell which value in the path belongs to which parameter.

    Raises:
        RuntimeError: the route has other groups than the template.
    """
    wanted = {plan.name: plan for plan in plans if plan.place == "path"}
    if operation.is_webhook or not wanted:
        return []
    template = operation.path_names
    if set(wanted) <= set(names):
        order: Sequence[str | None] = names
    elif len(template) == len(names):
        order = template
    else:
        raise RuntimeError(
            f"The route of {operation.method} {operation.path} has the groups "
            f"{', '.join(map(str, names)) or 'none'}; name them as the document does: "
            f"{', '.join(template)}"
        )
    return [(order.index(name), plan) for name, plan in wanted.items()]


def sum_up(faults: Sequence[Fault]) -> Problem:
    """Make the problem of a request of what ``Plan.run`` has found."""
    if faults[0].place == "body":
        detail = "The request body is invalid"
    elif faults[-1].place == "body":
        detail = _WHOLE
    else:
        detail = "A parameter of the request is invalid"
    return Problem(HTTP_BAD_REQUEST, detail, faults)


def _join(faults: Sequence[Fault], problem: Problem) -> Problem:
    return Problem(
        HTTP_BAD_REQUEST,
        _WHOLE,
        [*faults, *problem.faults],
        problem.headers,
    )
