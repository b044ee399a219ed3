"""Decorators that register: thin, over the methods that do so by a call.

An application has them, and a group of routes; what is done with a handler is up to
either.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, Never, TypeVar

from poorwsgi_core.application.handlers import (
    ErrorKinds,
    PairHandler,
    RequestT,
    RouteDecorator,
    RouteHandler,
    StateHandler,
    check_given,
    mark_routed,
)
from poorwsgi_core.application.rules import Converter
from poorwsgi_core.state import (
    METHOD_DELETE,
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_HEAD,
    METHOD_PATCH,
    METHOD_POST,
    METHOD_PUT,
)

__all__ = ["HEAD_GET", "Decorators"]

HEAD_GET = METHOD_HEAD | METHOD_GET
"""The methods of a route that names none."""

_F = TypeVar("_F", bound=Callable[..., Any])


class Decorators(Generic[RequestT]):
    """Decorators for routes, hooks, and handlers of states and exceptions."""

    def route(
        self,
        uri: str,
        method: int = HEAD_GET,
        *,
        methods: int | None = None,
        name: str | None = None,
    ) -> RouteDecorator[RequestT]:
        """Set a route; the decorator of ``set_route``.

        Args:
            uri: path, or path with groups such as ``/user/<id:int>``.
            method: mask of ``METHOD_*`` bits; GET alone serves HEAD too.
            methods: another name of *method*.
            name: what ``url_for`` knows it by, instead of the function's name.
        """
        check_given(uri, str, "A route needs its path: write @app.route('/path')")

        def decorate(handler: Any) -> Any:
            mask = method if methods is None else methods
            self.set_route(uri, handler, mask, name=name)
            mark_routed(handler)
            return handler

        return decorate

    def get(self, uri: str, *, name: str | None = None) -> RouteDecorator[RequestT]:
        """Set a route for GET, which serves HEAD too."""
        return self.route(uri, HEAD_GET, name=name)

    def post(self, uri: str, *, name: str | None = None) -> RouteDecorator[RequestT]:
        """Set a route for POST."""
        return self.route(uri, METHOD_POST, name=name)

    def put(self, uri: str, *, name: str | None = None) -> RouteDecorator[RequestT]:
        """Set a route for PUT."""
        return self.route(uri, METHOD_PUT, name=name)

    def patch(self, uri: str, *, name: str | None = None) -> RouteDecorator[RequestT]:
        """Set a route for PATCH."""
        return self.route(uri, METHOD_PATCH, name=name)

    def delete(self, uri: str, *, name: str | None = None) -> RouteDecorator[RequestT]:
        """Set a route for DELETE."""
        return self.route(uri, METHOD_DELETE, name=name)

    def regular_route(
        self, ruri: str, method: int = HEAD_GET
    ) -> RouteDecorator[RequestT]:
        """Set a regular route; the decorator of ``set_regular_route``."""
        reason = r"A route needs its expression: write @app.regular_route(r'/path\Z')"
        check_given(ruri, str, reason)

        def decorate(handler: Any) -> Any:
            self.set_regular_route(ruri, handler, method)
            mark_routed(handler)
            return handler

        return decorate

    def http_state(
        self, status_code: int, method: int = METHOD_GET_POST
    ) -> Callable[[_F], _F]:
        """Set a state handler; the decorator of ``set_http_state``."""
        check_given(status_code, int, "Write the status: @app.http_state(404)")

        def decorate(handler: _F) -> _F:
            self.set_http_state(status_code, handler, method)
            return handler

        return decorate

    def error_handler(
        self, error: ErrorKinds, method: int = METHOD_GET_POST
    ) -> Callable[[_F], _F]:
        """Set an exception handler; the decorator of ``set_error_handler``."""
        kinds = (type, tuple)
        check_given(error, kinds, "Write the class: @app.error_handler(ValueError)")

        def decorate(handler: _F) -> _F:
            self.set_error_handler(error, handler, method)
            return handler

        return decorate

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

    @abstractmethod
    def set_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = HEAD_GET,
        *,
        name: str | None = None,
    ) -> None:
        """Set a static or group route."""

    @abstractmethod
    def set_regular_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = HEAD_GET,
        converters: tuple[tuple[str, Converter], ...] = (),
        rule: str | None = None,
    ) -> None:
        """Set a route by a regular expression."""

    @abstractmethod
    def set_http_state(
        self, status_code: int, fun: StateHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of a status code."""

    @abstractmethod
    def set_error_handler(
        self, error: ErrorKinds, fun: PairHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of an exception class and its subclasses."""

    @abstractmethod
    def add_before_response(self, fun: Callable[[RequestT], Any]) -> None:
        """Run a handler before each response."""

    @abstractmethod
    def add_after_response(self, fun: PairHandler) -> None:
        """Run a handler with request and response."""

    @abstractmethod
    def add_routes(self, group: Any) -> None:
        """Add the routes of a group, with its handlers."""


def _check_empty(misplaced: tuple[Never, ...], written: str) -> None:
    # A decorator without its parentheses gets the handler.
    if misplaced:
        raise TypeError(f"Write {written}, with empty parentheses")
