"""Handlers in one line, with types."""

from collections.abc import Callable
from typing import Any

__all__ = ["answer_empty", "one", "three", "two"]


def one(handler: Callable[[Any], Any]) -> Callable[..., Any]:
    """Give a lambda its type."""
    return handler


def two(handler: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Give a lambda its type."""
    return handler


def three(handler: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    """Give a lambda its type."""
    return handler


def answer_empty(*_: Any) -> str:
    """Answer with nothing, whatever there is in the path."""
    return ""
