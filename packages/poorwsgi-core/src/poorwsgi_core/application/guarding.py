"""What guards say of themselves to those who describe handlers.

Core asks for none of it: nothing here is imported where nobody guards.
"""

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

__all__ = ["Guarding", "find_guarding", "mark_guarded"]


class Guarding(NamedTuple):
    """What a guard asks for.

    Attributes:
        guard: the decorator.
        name: what the credentials are called, such as ``bearer``.
        scheme: what they are, as a security scheme of OpenAPI says it.
        scopes: what they have to allow.
    """

    guard: Callable[[Any], Any]
    name: str
    scheme: Mapping[str, str]
    scopes: tuple[str, ...] = ()


_guardings: WeakKeyDictionary[Callable[..., Any], Guarding] = WeakKeyDictionary()


def mark_guarded(handler: Callable[..., Any], guarding: Guarding) -> None:
    """Remember what a guard made of a handler, and what it asks for."""
    _guardings[handler] = guarding


def find_guarding(handler: Any) -> Guarding | None:
    """Return what is asked by the guard that made a function, if one did."""
    return _guardings.get(handler) if isinstance(handler, FunctionType) else None
