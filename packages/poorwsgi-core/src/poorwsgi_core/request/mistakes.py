"""Mistakes of wiring: raised where they are made, or kept to be told all at once.

What registers something raises when it is wrong, so that an application with a mistake
doesn't start.  Who wants to know all mistakes keeps them: then the one is noted, and
the next call is made as if nothing had happened.
"""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeAlias, TypeVar, cast

__all__ = ["keep_mistakes", "wiring"]

_F = TypeVar("_F", bound=Callable[..., Any])
_Keep: TypeAlias = Callable[[Exception], object]

_RAISED = (TypeError, ValueError, RuntimeError, AttributeError, re.error)

_keeping: ContextVar[_Keep | None] = ContextVar("mistakes", default=None)


@contextmanager
def keep_mistakes(keep: _Keep) -> Generator[None]:
    """Hand mistakes to a function, where they are made, instead of raising them."""
    token = _keeping.set(keep)
    try:
        yield
    finally:
        _keeping.reset(token)


def wiring(register: _F) -> _F:
    """Decorate what registers something, and returns nothing."""

    @wraps(register)
    def checked(*args: Any, **kwargs: Any) -> None:
        keep = _keeping.get()
        if keep is None:
            register(*args, **kwargs)
            return
        try:
            register(*args, **kwargs)
        except _RAISED as error:
            keep(error)

    return cast("_F", checked)
