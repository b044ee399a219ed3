"""A handler that says something, and a server's side that keeps what it is told."""

from collections.abc import Callable
from typing import Any

__all__ = ["Start", "say"]


class Start:
    """A ``start_response`` that keeps what it gets."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any) -> Callable[[bytes], object]:
        """Keep the arguments."""
        self.calls.append(args)
        return lambda _: None


def say(text: str) -> Callable[..., str]:
    """Build a handler that answers with a text, whatever its arguments."""

    def handler(*_: object) -> str:
        return text

    return handler
