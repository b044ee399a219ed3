"""Handlers that an application takes: their types, and what is no handler.

The types are for type checkers, the checks for registration; nothing is looked up
here while a request runs.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import CodeType, FunctionType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    ParamSpec,
    Protocol,
    TypeAlias,
    TypeVar,
    overload,
)
from weakref import WeakSet

from poorwsgi_core.request import Request
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.request.mistakes import wiring

if TYPE_CHECKING:
    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    RequestT = TypeVarWithDefault("RequestT", bound=Request, default=Request)
else:
    RequestT = TypeVar("RequestT")

__all__ = [
    "ErrorKinds",
    "Handler",
    "PairHandler",
    "RequestT",
    "RouteDecorator",
    "RouteHandler",
    "StateHandler",
    "check_given",
    "check_handler",
    "check_unrouted",
    "is_guarded",
    "mark_routed",
    "warn_of_replaced",
]

log = logging.getLogger("poorwsgi")

# Coroutines and asynchronous generators, as inspect has it, which is slow to import.
_ASYNC = 0x80 | 0x200
_MOST_WRAPPERS = 50

_routed: WeakSet[Callable[..., Any]] = WeakSet()
_guarded: WeakSet[Callable[..., Any]] = WeakSet()

_P = ParamSpec("_P")
_R = TypeVar("_R")
_AnyRequestT = TypeVar("_AnyRequestT")

Handler: TypeAlias = Callable[..., Any]
"""Any handler."""

# With the second form mypy infers the type of a lambda, with the first it can't.
RouteHandler: TypeAlias = (
    Callable[Concatenate[RequestT, ...], Any] | Callable[[RequestT], Any]
)
"""Gets the request and the values in the path."""

StateHandler: TypeAlias = Callable[Concatenate[Any, ...], Any] | Callable[[Any], Any]
"""Gets the request, and keywords of HTTPException."""

PairHandler: TypeAlias = Callable[[Any, Any], Any]
"""Gets the request, and an exception or a response."""

ErrorKinds: TypeAlias = type[Exception] | tuple[type[Exception], ...]
"""A class of exceptions, or several, as ``except`` takes them."""


class RouteDecorator(Protocol[_AnyRequestT]):
    """Gives back the handler that it gets, with its type."""

    @overload
    def __call__(
        self, handler: Callable[Concatenate[_AnyRequestT, _P], _R], /
    ) -> Callable[Concatenate[_AnyRequestT, _P], _R]: ...

    # The only one that mypy takes handler(req, **kwargs) for.
    @overload
    def __call__(  # type: ignore[overload-cannot-match]
        self, handler: Callable[Concatenate[_AnyRequestT, ...], _R], /
    ) -> Callable[Concatenate[_AnyRequestT, ...], _R]: ...


def check_given(value: object, kind: type | tuple[type, ...], reason: str) -> None:
    """Refuse the handler that a decorator without its parentheses gets.

    Raises:
        TypeError: the value is of another kind, with the reason as its text.
    """
    if not isinstance(value, kind):
        raise TypeError(reason)


def check_handler(handler: object) -> None:
    """Refuse what can't be called, and what only an event loop could call.

    Raises:
        TypeError: it is no handler.
    """
    if not callable(handler):
        hint = (
            "; a decorator that returns nothing makes it that"
            if handler is None
            else ""
        )
        raise TypeError(f"A handler is a callable, not {type(handler).__name__}{hint}")
    if _is_async(handler):
        name = getattr(handler, "__qualname__", type(handler).__qualname__)
        raise TypeError(
            f"{name} is async def, and WSGI awaits nothing: write it with def; "
            "servers run requests in threads or processes"
        )


def warn_of_replaced(what: str, old: Handler, new: Handler) -> None:
    """Tell in the log that a handler takes the place of another one."""
    if old is not new:
        log.warning(
            "%s is set twice: %s takes the place of %s",
            *(what, describe_handler(new).place, describe_handler(old).place),
        )


def mark_routed(handler: object) -> None:
    """Remember a function that a route decorates, and so leads to as it is."""
    if isinstance(handler, FunctionType):
        _routed.add(handler)


@wiring
def check_unrouted(handler: object) -> None:
    """Refuse a guard that comes too late; to be called with what it guards.

    Raises:
        RuntimeError: a route leads past it.
    """
    if isinstance(handler, FunctionType) and handler in _routed:
        raise RuntimeError(
            f"The guard of {describe_handler(handler).place} stands above its route, "
            "which leads past it: write it below the route"
        )
    with suppress(TypeError):  # of what has no hash nothing is known
        _guarded.add(_find_function(handler))


def is_guarded(handler: object) -> bool:
    """Tell whether a guard stands around what a handler wraps in the end."""
    for _ in range(_MOST_WRAPPERS):
        handler = getattr(handler, "__wrapped__", None)
        if handler is None:
            return False
        with suppress(TypeError):
            if _find_function(handler) in _guarded:
                return True
    return False


def _find_function(handler: object) -> Any:
    # Each look at a bound method makes another one.
    return getattr(handler, "__func__", handler)


def _is_async(handler: object) -> bool:
    while isinstance(handler, partial):
        handler = handler.func
    function = getattr(handler, "__func__", handler)
    code = getattr(function, "__code__", None)
    if code is None:
        code = getattr(type(handler).__call__, "__code__", None)
    return isinstance(code, CodeType) and bool(code.co_flags & _ASYNC)
