"""What an application lets one register: the documented methods, thin.

Each method says what it takes and hands it on to the object that keeps it:
``routes``, ``hooks`` or ``failures``.
"""

import logging
import re
from collections.abc import Callable
from typing import Any, Generic, Never, TypeVar, cast

from poorwsgi_core.application.failures import Failures
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
from poorwsgi_core.application.routes import Routes
from poorwsgi_core.application.rules import Converter, find_doubt
from poorwsgi_core.application.signatures import check_arguments
from poorwsgi_core.application.table import PatternRoute
from poorwsgi_core.request.serving import Serving
from poorwsgi_core.state import (
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_HEAD,
    deprecated,
)

__all__ = ["Registration"]

log = logging.getLogger("poorwsgi")

_F = TypeVar("_F", bound=Callable[..., Any])

_HEAD_GET = METHOD_HEAD | METHOD_GET


class Registration(Serving, Generic[RequestT]):
    """Registration of routes, handlers, hooks and filters."""

    def __init__(self) -> None:
        super().__init__()
        self._routes = Routes()
        self._hooks = Hooks()
        self._failures = Failures()

    # --- what is registered, as copies ------------------------------------------

    @property
    def filters(self) -> dict[str, tuple[str | None, Converter]]:
        """Filter name to regular expression and converter."""
        return dict(self._routes.filters)

    @property
    def defaults(self) -> dict[int, Handler]:
        """Method bit to default handler."""
        return dict(self._routes.defaults)

    @property
    def routes(self) -> dict[str, dict[int, Handler]]:
        """Path to handlers by method bit, of static routes."""
        return self._routes.copy_static()

    @property
    def regular_routes(self) -> dict[re.Pattern[str], dict[int, PatternRoute]]:
        """Pattern to ``(handler, converters, rule)`` by method bit."""
        return self._routes.copy_patterns()

    @property
    def states(self) -> dict[int, dict[int, Handler]]:
        """Status code to handlers by method bit."""
        return self._failures.copy_states()

    @property
    def errors(self) -> dict[type[Exception], dict[int, Handler]]:
        """Exception class to handlers by method bit, in order."""
        return self._failures.copy_errors()

    @property
    def before(self) -> tuple[Handler, ...]:
        """Handlers that run before each response, in order."""
        return self._hooks.before

    @property
    def after(self) -> tuple[Handler, ...]:
        """Handlers that run after each response, in order."""
        return self._hooks.after

    # --- routes -------------------------------------------------------------------

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
        self._routes.add(uri, fun, method)
        doubt = find_doubt(uri)
        if doubt is not None:
            log.warning("Route %r: %s", uri, doubt)

    def pop_route(self, uri: str, method: int) -> Any:
        """Remove a route for one method and return its handler.

        A group route gives ``(handler, converters, rule)``.

        Raises:
            KeyError: there is no such route.
        """
        return self._routes.remove(uri, method)

    def is_route(self, uri: str) -> bool:
        """Tell whether there is such a static or group route."""
        return self._routes.has(uri)

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
        self._routes.add_pattern(uri, PatternRoute(fun, (*converters,), rule), method)

    def pop_regular_route(self, uri: str, method: int) -> PatternRoute:
        """Remove a regular route for one method and return its triple.

        Raises:
            KeyError: there is no such route.
        """
        return self._routes.remove_pattern(uri, method)

    def is_regular_route(self, r_uri: str) -> bool:
        """Tell whether there is a route of this regular expression."""
        return re.compile(r_uri) in self._routes.patterns

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
        self._routes.add_filter(name, regex, converter)

    def default(self, method: int = _HEAD_GET) -> Callable[[_F], _F]:
        """Set a default handler; the decorator of ``set_default``."""
        check_given(method, int, "Write @app.default(), with parentheses")

        def decorate(handler: _F) -> _F:
            self.set_default(handler, method)
            return handler

        return decorate

    def set_default(
        self, fun: "RouteHandler[RequestT]", method: int = _HEAD_GET
    ) -> None:
        """Set the handler of all paths that nothing else answers."""
        check_handler(fun)
        check_arguments(fun, "req")
        self._routes.add_default(fun, method)

    def pop_default(self, method: int) -> Handler:
        """Remove the default handler of one method and return it.

        Raises:
            KeyError: there is none.
        """
        return self._routes.remove_default(method)

    # --- state, exception and page handlers -----------------------------------------

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
        check_arguments(fun, "req", keywords=True)
        if not isinstance(cast("object", status_code), int):
            raise TypeError(
                f"A state handler is for a status code, not {status_code!r}: write 404"
            )
        self._failures.add_state(status_code, fun, method)

    def pop_http_state(self, status_code: int, method: int) -> Handler:
        """Remove a state handler for one method and return it.

        Raises:
            KeyError: there is none.
        """
        return self._failures.remove_state(status_code, method)

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
        check_arguments(fun, "req", "error")
        kind: Any = error
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise TypeError(
                f"An exception handler is for a class of exceptions, not {error!r}: "
                "write the class itself, such as ValueError"
            )
        self._failures.add_error(error, fun, method)

    def pop_error_handler(self, error: type[Exception], method: int) -> Handler:
        """Remove an exception handler for one method and return it.

        Raises:
            KeyError: there is none.
        """
        return self._failures.remove_error(error, method)

    def add_page_handler(self, fun: Callable[..., Any]) -> None:
        """Let a function see each built-in page before it is sent.

        It is called with the request, the page, and those keywords of
        HTTPException that it accepts; it returns what is sent instead, which
        may be the page itself.  The request may be a SimpleRequest.
        """
        self._failures.add_page(fun)

    # --- hooks ------------------------------------------------------------------------

    def before_response(self, *misplaced: Never) -> Callable[[_F], _F]:
        """Add a before handler; the decorator of ``add_before_response``.

        Raises:
            TypeError: it was written without parentheses.
        """
        _check_empty(misplaced, "@app.before_response()")

        def decorate(handler: _F) -> _F:
            self.add_before_response(handler)
            return handler

        return decorate

    def add_before_response(self, fun: Callable[[RequestT], Any]) -> None:
        """Run a handler before each response; its return value is ignored.

        Raises:
            ValueError: it has been added already.
        """
        self._hooks.add_before(fun)

    def pop_before_response(self, fun: Callable[[RequestT], Any]) -> None:
        """Remove a before handler.

        Raises:
            ValueError: it has not been added.
        """
        self._hooks.remove_before(fun)

    def after_response(self, *misplaced: Never) -> Callable[[_F], _F]:
        """Add an after handler; the decorator of ``add_after_response``.

        Raises:
            TypeError: it was written without parentheses.
        """
        _check_empty(misplaced, "@app.after_response()")

        def decorate(handler: _F) -> _F:
            self.add_after_response(handler)
            return handler

        return decorate

    def add_after_response(self, fun: PairHandler) -> None:
        """Run a handler with request and response; it returns what is sent.

        It runs for error pages too; then the request may be a SimpleRequest.

        Raises:
            ValueError: it has been added already.
        """
        self._hooks.add_after(fun)

    def pop_after_response(self, fun: PairHandler) -> None:
        """Remove an after handler.

        Raises:
            ValueError: it has not been added.
        """
        self._hooks.remove_after(fun)

    # --- deprecated names -----------------------------------------------------------

    @deprecated("Use before_response since 2.6: it runs before the response.")
    def before_request(self, *misplaced: Never) -> Callable[[Handler], Handler]:
        """Add a before handler."""
        return self.before_response(*misplaced)

    @deprecated("Use add_before_response since 2.6: it runs before the response.")
    def add_before_request(self, fun: Callable[[RequestT], Any]) -> None:
        """Add a before handler."""
        self.add_before_response(fun)

    @deprecated("Use pop_before_response since 2.6: it runs before the response.")
    def pop_before_request(self, fun: Callable[[RequestT], Any]) -> None:
        """Remove a before handler."""
        self.pop_before_response(fun)

    @deprecated("Use after_response since 2.6: it runs after the response.")
    def after_request(self, *misplaced: Never) -> Callable[[Handler], Handler]:
        """Add an after handler."""
        return self.after_response(*misplaced)

    @deprecated("Use add_after_response since 2.6: it runs after the response.")
    def add_after_request(self, fun: Callable[[Any, Any], Any]) -> None:
        """Add an after handler."""
        self.add_after_response(fun)

    @deprecated("Use pop_after_response since 2.6: it runs after the response.")
    def pop_after_request(self, fun: Callable[[Any, Any], Any]) -> None:
        """Remove an after handler."""
        self.pop_after_response(fun)


def _check_empty(misplaced: tuple[Never, ...], written: str) -> None:
    # A decorator without its parentheses gets the handler.
    if misplaced:
        raise TypeError(f"Write {written}, with empty parentheses")
