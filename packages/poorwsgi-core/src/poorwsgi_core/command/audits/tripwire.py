"""Stops a request before the first line of its handler.

So one may ask whether a stranger would get there, and nothing is changed.  What stands
around the handler runs: hooks, guards and other decorators.
"""

import sys
from collections.abc import Callable
from functools import partial
from inspect import unwrap
from types import CodeType, FrameType
from typing import Any, TypeVar

from poorwsgi_core.application.handlers import Handler
from poorwsgi_core.command.rules.returned import find_code

__all__ = ["Reached", "Tripwire", "find_inner_code", "stop_before"]

_T = TypeVar("_T")


class Reached(BaseException):
    """A handler is about to run; no ``except Exception`` gets it."""


class Tripwire:
    """What ``sys.setprofile`` takes: raises when some code is called.

    Args:
        code: that of a function.
    """

    def __init__(self, code: CodeType) -> None:
        self._code = code

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Look at what has just been called.

        Raises:
            Reached: it is the function, of which no line has run.
        """
        if event == "call" and frame.f_code is self._code:
            raise Reached


def find_inner_code(handler: Handler) -> CodeType | None:
    """Find what runs of a handler behind all guards and other decorators."""
    try:
        inner: Any = unwrap(handler)
    except ValueError:
        return None  # it wraps itself
    while isinstance(inner, partial):
        inner = inner.func
    return find_code(inner)


def stop_before(code: CodeType, run: Callable[[], _T]) -> _T | None:
    """Return what a call returns; ``None`` if it gets as far as some code."""
    before = sys.getprofile()
    sys.setprofile(Tripwire(code))
    try:
        return run()
    except Reached:
        return None
    finally:
        sys.setprofile(before)
