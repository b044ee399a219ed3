"""Hooks: handlers that run before and after each response.

They are tuples that a change replaces, so that a request runs the hooks which
there were when it came.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, Never, TypeVar

from poorwsgi_core.application.handlers import (
    Handler,
    PairHandler,
    RequestT,
    check_handler,
)
from poorwsgi_core.application.settings import Settings
from poorwsgi_core.state import deprecated

__all__ = ["Hooks"]

_F = TypeVar("_F", bound=Callable[..., Any])


class Hooks(Settings, Generic[RequestT]):
    """Registration of before and after handlers."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._before: tuple[Handler, ...] = ()
        self._after: tuple[Handler, ...] = ()

    @property
    def before(self) -> tuple[Handler, ...]:
        """Handlers that run before each response, in order."""
        return self._before

    @property
    def after(self) -> tuple[Handler, ...]:
        """Handlers that run after each response, in order."""
        return self._after

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
        with self._lock:
            self._before = _added(self._before, fun, "before")

    def pop_before_response(self, fun: Callable[[RequestT], Any]) -> None:
        """Remove a before handler.

        Raises:
            ValueError: it has not been added.
        """
        with self._lock:
            self._before = _removed(self._before, fun, "before")

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
        with self._lock:
            self._after = _added(self._after, fun, "after")

    def pop_after_response(self, fun: PairHandler) -> None:
        """Remove an after handler.

        Raises:
            ValueError: it has not been added.
        """
        with self._lock:
            self._after = _removed(self._after, fun, "after")

    # --- deprecated names ---

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


def _added(hooks: tuple[Handler, ...], hook: Handler, kind: str) -> tuple[Handler, ...]:
    check_handler(hook)
    if hook in hooks:
        raise ValueError(f"{hook!r} is a {kind} handler already")
    return (*hooks, hook)


def _removed(
    hooks: tuple[Handler, ...], hook: Handler, kind: str
) -> tuple[Handler, ...]:
    if hook not in hooks:
        raise ValueError(f"{hook!r} is no {kind} handler")
    return tuple(other for other in hooks if other != hook)
