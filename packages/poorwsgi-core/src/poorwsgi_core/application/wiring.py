"""Wiring: what an application's routes, handlers and filters are.

Everything may change at any time and from any thread.  A change is made under
a lock and drops the compiled route table; the next request compiles a new one
aside and swaps it in by one assignment, so that a request sees either the old
wiring or the new one.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from poorwsgi_core.application.handlers import (
    Handler,
    PairHandler,
    RequestT,
    RouteDecorator,
    RouteHandler,
    StateHandler,
    check_given,
    check_handler,
    mark_routed,
)
from poorwsgi_core.application.hooks import Hooks
from poorwsgi_core.application.routing import (
    DEFAULT_FILTERS,
    Converter,
    PatternRoute,
    RegularRoute,
    RouteTable,
    compile_rule,
    find_doubt,
    is_group_route,
    literal_prefix,
)
from poorwsgi_core.state import (
    METHOD_ALL,
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_HEAD,
    sorted_methods,
)

__all__ = ["Wiring"]

log = logging.getLogger("poorwsgi")

_K = TypeVar("_K")
_F = TypeVar("_F", bound=Callable[..., Any])

_HEAD_GET = METHOD_HEAD | METHOD_GET


def _bits(method: int) -> list[int]:
    if not isinstance(cast("object", method), int):
        raise TypeError(
            f"A method is a mask of METHOD_* constants of state, not {method!r}: "
            "write METHOD_POST, or METHOD_GET | METHOD_POST for several"
        )
    bits = [bit for _, bit in sorted_methods if method & bit]
    if not bits or method & ~METHOD_ALL:
        raise ValueError(
            f"Bad method mask {method!r}: combine METHOD_* constants of state, "
            "such as METHOD_GET | METHOD_POST"
        )
    return bits


def _put(table: dict[_K, dict[int, Any]], key: _K, method: int, value: Any) -> None:
    for bit in _bits(method):
        table.setdefault(key, {})[bit] = value


def _pop(table: dict[_K, dict[int, Any]], key: _K, method: int) -> Any:
    handlers = table[key]
    value = handlers.pop(method)
    if not handlers:
        del table[key]
    return value


def _copy(table: Mapping[_K, Mapping[int, Any]]) -> dict[_K, dict[int, Any]]:
    return {key: dict(handlers) for key, handlers in table.items()}


class Wiring(Hooks[RequestT]):
    """Registration of routes, handlers and filters."""

    def __init__(self) -> None:
        super().__init__()
        self._filters: dict[str, tuple[str | None, Converter]] = {**DEFAULT_FILTERS}
        self._routes: dict[str, dict[int, Handler]] = {}
        self._patterns: dict[re.Pattern[str], dict[int, PatternRoute]] = {}
        self._literals: dict[re.Pattern[str], str] = {}
        self._defaults: dict[int, Handler] = {}
        self._states: dict[int, dict[int, Handler]] = {}
        self._errors: dict[type[Exception], dict[int, Handler]] = {}
        self._table: RouteTable | None = None

    def _compile(self) -> RouteTable:
        with self._lock:
            patterns = [
                RegularRoute(order, pattern, handlers, self._literals[pattern])
                for order, (pattern, handlers) in enumerate(self._patterns.items())
            ]
            self._table = table = RouteTable(self._routes, patterns)
            return table

    # --- tables -------------------------------------------------------------

    @property
    def filters(self) -> dict[str, tuple[str | None, Converter]]:
        """Filter name to regular expression and converter; a copy."""
        return dict(self._filters)

    @property
    def defaults(self) -> dict[int, Handler]:
        """Method bit to default handler; a copy."""
        return dict(self._defaults)

    @property
    def routes(self) -> dict[str, dict[int, Handler]]:
        """Path to handlers by method bit, of static routes; a copy."""
        with self._lock:
            return _copy(self._routes)

    @property
    def regular_routes(self) -> dict[re.Pattern[str], dict[int, PatternRoute]]:
        """Pattern to ``(handler, converters, rule)`` by method bit; a copy."""
        with self._lock:
            return _copy(self._patterns)

    @property
    def states(self) -> dict[int, dict[int, Handler]]:
        """Status code to handlers by method bit; a copy."""
        with self._lock:
            return _copy(self._states)

    @property
    def errors(self) -> dict[type[Exception], dict[int, Handler]]:
        """Exception class to handlers by method bit, in order; a copy."""
        with self._lock:
            return _copy(self._errors)

    # --- routes -------------------------------------------------------------

    def route(
        self, uri: str, method: int = _HEAD_GET, *, methods: int | None = None
    ) -> RouteDecorator[RequestT]:
        """Set a route; the decorator of ``set_route``.

        Args:
            uri: path, or path with groups such as ``/user/<id:int>``.
            method: mask of ``METHOD_*`` bits; GET alone serves HEAD too.
            methods: another name of *method*.
        """
        check_given(uri, str, "A route needs its path: write @app.route('/path')")

        def decorate(handler: Any) -> Any:
            self.set_route(uri, handler, method if methods is None else methods)
            mark_routed(handler)
            return handler

        return decorate

    def set_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = _HEAD_GET,
    ) -> None:
        """Set a static or group route.

        A route that no path is likely to match is set too, with a warning in
        the log.

        Raises:
            ValueError: a malformed group or method mask.
            RuntimeError: an unknown filter.
            re.error: a broken inline expression or a repeated group name.
        """
        check_handler(fun)
        with self._lock:
            if is_group_route(uri):
                pattern, converters = compile_rule(uri, self._filters)
                literal = uri[: uri.index("<")]
                self._put_pattern(pattern, fun, method, converters, uri, literal)
            else:
                _put(self._routes, uri, method, fun)
                self._table = None
        doubt = find_doubt(uri)
        if doubt is not None:
            log.warning("Route %r: %s", uri, doubt)

    def pop_route(self, uri: str, method: int) -> Any:
        """Remove a route for one method and return its handler.

        A group route gives ``(handler, converters, rule)``.

        Raises:
            KeyError: there is no such route.
        """
        with self._lock:
            self._table = None
            if is_group_route(uri):
                return _pop(self._patterns, compile_rule(uri, self._filters)[0], method)
            return _pop(self._routes, uri, method)

    def is_route(self, uri: str) -> bool:
        """Tell whether there is such a static or group route."""
        if is_group_route(uri):
            return compile_rule(uri, self._filters)[0] in self._patterns
        return uri in self._routes

    def regular_route(
        self, ruri: str, method: int = _HEAD_GET
    ) -> RouteDecorator[RequestT]:
        """Set a regular route; the decorator of ``set_regular_route``."""
        reason = r"A route needs its expression: write @app.regular_route(r'/path\Z')"
        check_given(ruri, str, reason)

        def decorate(handler: Any) -> Any:
            self.set_regular_route(ruri, handler, method)
            mark_routed(handler)
            return handler

        return decorate

    def set_regular_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = _HEAD_GET,
        converters: tuple[tuple[str, Converter], ...] = (),
        rule: str | None = None,
    ) -> None:
        r"""Set a route by a regular expression of your own.

        It is matched from the start of the path; end it with ``\Z`` to match
        the whole.

        Args:
            uri: the regular expression.
            fun: gets all groups as text, or the converted ones alone.
            method: mask of ``METHOD_*`` bits.
            converters: pairs of group name and converter.
            rule: text shown as ``req.uri_rule`` instead of the expression.

        Raises:
            re.error: a broken expression.
            ValueError: a bad method mask.
        """
        check_handler(fun)
        pattern = re.compile(uri)
        with self._lock:
            literal = literal_prefix(uri)
            self._put_pattern(pattern, fun, method, tuple(converters), rule, literal)

    def _put_pattern(
        self,
        pattern: re.Pattern[str],
        handler: Handler,
        method: int,
        converters: tuple[tuple[str, Converter], ...],
        rule: str | None,
        literal: str,
    ) -> None:
        route = PatternRoute(handler, converters, rule)
        _put(self._patterns, pattern, method, route)
        self._literals[pattern] = literal
        self._table = None

    def pop_regular_route(self, uri: str, method: int) -> PatternRoute:
        """Remove a regular route for one method and return its triple.

        Raises:
            KeyError: there is no such route.
        """
        with self._lock:
            self._table = None
            route: PatternRoute = _pop(self._patterns, re.compile(uri), method)
            return route

    def is_regular_route(self, r_uri: str) -> bool:
        """Tell whether there is a route of this regular expression."""
        return re.compile(r_uri) in self._patterns

    def set_filter(self, name: str, regex: str, converter: Converter = str) -> None:
        """Add a filter for group routes that are set afterwards.

        Args:
            name: name in routes, in any case; a colon before it is optional.
            regex: what the group matches.
            converter: makes the argument of the matched text; its ValueError
                means that the route doesn't match.

        Raises:
            ValueError: an empty name.
            re.error: a broken expression.
        """
        if not name.strip(":"):
            raise ValueError("A filter needs a name, such as 'email'")
        if not callable(cast("object", converter)):
            kind = type(converter).__name__
            raise TypeError(f"A converter is a callable such as int, not {kind}")
        re.compile(regex)
        with self._lock:
            self._filters[name if name.startswith(":") else f":{name}"] = (
                regex,
                converter,
            )

    # --- default, state and error handlers -----------------------------------

    def default(self, method: int = _HEAD_GET) -> Callable[[_F], _F]:
        """Set a default handler; the decorator of ``set_default``."""
        check_given(method, int, "Write @app.default(), with parentheses")

        def decorate(handler: _F) -> _F:
            self.set_default(handler, method)
            return handler

        return decorate

    def set_default(
        self,
        fun: "RouteHandler[RequestT]",
        method: int = _HEAD_GET,
    ) -> None:
        """Set the handler of all paths that nothing else answers."""
        check_handler(fun)
        with self._lock:
            self._defaults = {**self._defaults, **dict.fromkeys(_bits(method), fun)}

    def pop_default(self, method: int) -> Handler:
        """Remove the default handler of one method and return it.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            return self._defaults.pop(method)

    def http_state(
        self, status_code: int, method: int = METHOD_GET_POST
    ) -> Callable[[_F], _F]:
        """Set a state handler; the decorator of ``set_http_state``."""
        check_given(status_code, int, "Write the status: @app.http_state(404)")

        def decorate(handler: _F) -> _F:
            self.set_http_state(status_code, handler, method)
            return handler

        return decorate

    def set_http_state(
        self, status_code: int, fun: StateHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of a status code.

        It is called with the request and with those keywords of HTTPException
        that it accepts.
        """
        check_handler(fun)
        if not isinstance(cast("object", status_code), int):
            raise TypeError(
                f"A state handler is for a status code, not {status_code!r}: write 404"
            )
        with self._lock:
            _put(self._states, status_code, method, fun)

    def pop_http_state(self, status_code: int, method: int) -> Handler:
        """Remove a state handler for one method and return it.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            handler: Handler = _pop(self._states, status_code, method)
            return handler

    def error_handler(
        self, error: type[Exception], method: int = METHOD_GET_POST
    ) -> Callable[[_F], _F]:
        """Set an exception handler; the decorator of ``set_error_handler``."""
        check_given(error, type, "Write the class: @app.error_handler(ValueError)")

        def decorate(handler: _F) -> _F:
            self.set_error_handler(error, handler, method)
            return handler

        return decorate

    def set_error_handler(
        self, error: type[Exception], fun: PairHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of an exception class and its subclasses.

        It is called with the request and the exception.  The first class that
        was registered and matches wins, so register base classes last.
        """
        check_handler(fun)
        kind: Any = error
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise TypeError(
                f"An exception handler is for a class of exceptions, not {error!r}: "
                "write the class itself, such as ValueError"
            )
        with self._lock:
            _put(self._errors, error, method, fun)

    def pop_error_handler(self, error: type[Exception], method: int) -> Handler:
        """Remove an exception handler for one method and return it.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            handler: Handler = _pop(self._errors, error, method)
            return handler
