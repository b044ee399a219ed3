"""Functions bound to operations and webhooks, and the routes that they get.

A function may be bound before the extension is installed and afterwards: its
route is set as soon as there is an application.
"""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from poorwsgi_core import Application
from poorwsgi_core.application.handlers import check_given, mark_routed
from poorwsgi_core.application.signatures import check_path_arguments
from poorwsgi_core.state import methods
from poorwsgi_openapi.checks.dispatch import Dispatcher
from poorwsgi_openapi.checks.path_arguments import with_path
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.rules import build_rule

__all__ = ["Binding", "Bindings", "check_handler", "check_name"]

_F = TypeVar("_F", bound=Callable[..., Any])


class Binding(NamedTuple):
    """One function on one route.

    Attributes:
        rule: the route.
        operation: what it serves there.
        handler: the function.
    """

    rule: str
    operation: Operation
    handler: Callable[..., Any]


class Bindings:
    """All functions that are bound.

    It holds no reference to the application that keeps it alive.
    """

    def __init__(self) -> None:
        self._all: list[Binding] = []
        self._app: weakref.ref[Application[Any]] | None = None
        self._dispatcher: Dispatcher

    @property
    def webhook_rules(self) -> set[str]:
        """Routes of webhooks, which are in no path of the document."""
        return {each.rule for each in self._all if each.operation.is_webhook}

    def bind_operation(
        self, document: Document, operation_id: str
    ) -> Callable[[_F], _F]:
        """Build the decorator of an operation.

        Raises:
            TypeError: from the decorator, of a function that can't take the values in
                the path.
            ValueError: there is none of that name, or nobody serves its method.
        """
        operation = document.find(operation_id)
        _check_method(operation)
        names = [name if name.isidentifier() else None for name in operation.path_names]

        def decorate(handler: _F) -> _F:
            for prefix in document.prefixes(operation):
                rule = build_rule(prefix + operation.path)
                check_path_arguments(handler, names, rule)
                self._add(Binding(rule, operation, with_path(handler, operation)))
            mark_routed(handler)
            return handler

        return decorate

    def bind_webhook(
        self, document: Document, name: str, rule: str, method: str | None = None
    ) -> Callable[[_F], _F]:
        """Build the decorator of a webhook, for all its methods or one of them.

        Raises:
            ValueError: the document has no such webhook.
        """
        found = [
            each
            for each in document.webhooks
            if each.path == name and method in (None, each.method)
        ]
        if not found:
            known = ", ".join({each.path: None for each in document.webhooks})
            raise ValueError(
                f"The document has no webhook {name!r}; it has {known or 'none'}"
            )

        def decorate(handler: _F) -> _F:
            for operation in found:
                _check_method(operation)
                self._add(Binding(rule, operation, handler))
            return handler

        return decorate

    def wire(self, app: Application[Any], dispatcher: Dispatcher) -> None:
        """Set the routes of all that is bound, and of what will be."""
        self._app, self._dispatcher = weakref.ref(app), dispatcher
        for binding in self._all:
            self._wire(app, binding)

    def follow(
        self, dispatcher: Dispatcher, find: Callable[[Operation], Operation]
    ) -> None:
        """Bind all routes to the operations of another document.

        Args:
            dispatcher: that of the document.
            find: gives the operation that takes the place of one.

        Raises:
            ValueError: from *find*, when there is none.
        """
        for rule, operation, _ in self._all:
            dispatcher.bind(rule, find(operation))

    def use(self, dispatcher: Dispatcher) -> None:
        """Bind what comes later in this dispatcher."""
        self._dispatcher = dispatcher

    def add_mocks(
        self, app: Application[Any], operations: Iterable[Operation], handler: Any
    ) -> None:
        """Serve operations that have no route; what is bound later wins."""
        for operation in operations:
            for prefix in operation.document.prefixes(operation):
                if "<" not in operation.path:  # no route can have that
                    rule = build_rule(prefix + operation.path)
                    self._wire(app, Binding(rule, operation, handler))

    def _add(self, binding: Binding) -> None:
        self._all.append(binding)
        app = self._app() if self._app is not None else None
        if app is not None:
            self._wire(app, binding)

    def _wire(self, app: Application[Any], binding: Binding) -> None:
        rule, operation, handler = binding
        app.set_route(rule, handler, methods[operation.method])
        self._dispatcher.bind(rule, operation)


def check_name(decorator: str, what: str, name: object) -> None:
    """Check what a decorator is called with.

    Raises:
        TypeError: it is no text: the function itself, when the parentheses are
            missing.
    """
    written = f'@api.{decorator}("...")'
    reason = f"@api.{decorator} takes the {what} in the document: write {written}"
    check_given(name, str, reason)


def check_handler(decorator: str, handler: object) -> None:
    """Check what a decorator is given.

    Raises:
        TypeError: it can't be called.
    """
    if not callable(handler):
        raise TypeError(
            f"@api.{decorator} takes the function itself: write it without parentheses"
        )


def _check_method(operation: Operation) -> None:
    if operation.method not in methods:
        raise ValueError(
            f"{operation.method} {operation.path}: the framework serves no "
            f"{operation.method}; it serves {', '.join(methods)}"
        )
    if "<" in operation.path:
        raise ValueError(
            f"{operation.method} {operation.path}: no route has a <; correct the path, "
            "whose variables stand in braces"
        )
