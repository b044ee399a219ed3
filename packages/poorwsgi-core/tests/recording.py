"""What tests of the application look at: what was sent, what was closed."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["Body", "Records", "Start", "count_descriptors", "say"]


class Start:
    """A ``start_response`` that keeps what it gets."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any) -> Callable[[bytes], object]:
        """Keep the arguments."""
        self.calls.append(args)
        return lambda _: None


class Records(logging.Handler):
    """Keeps the records of a log."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.kept.append(record)


def count_descriptors() -> int:
    """Count the open files of the process, where the system tells."""
    folder = Path("/dev/fd")
    return len([*folder.iterdir()]) if folder.is_dir() else 0


def say(text: str) -> Callable[..., str]:
    """Build a handler that answers with a text, whatever its arguments."""

    def handler(*_: object, **__: object) -> str:
        return text

    return handler


class Body:
    """An iterable that tells whether it was closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b"body"

    def close(self) -> None:
        """Close it."""
        self.closed = True
