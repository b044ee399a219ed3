"""Mistakes of wiring: raised where they are made, or kept to be told all at once.

What registers something raises when it is wrong, so that an application with a mistake
doesn't start.  Who wants to know all mistakes keeps them: then the one is noted with
its place, and the next call is made as if nothing had happened.
"""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from traceback import walk_stack
from typing import Any, NamedTuple, TypeVar, cast

__all__ = ["Mistake", "find_place", "keep_mistakes", "wiring"]

_F = TypeVar("_F", bound=Callable[..., Any])

_RAISED = (TypeError, ValueError, RuntimeError, AttributeError, re.error)
_OURS = r"(poorwsgi(_[a-z]+)?|logging)(\.|\Z)"


class Mistake(NamedTuple):
    """One mistake.

    Attributes:
        level: ``error`` or ``warning``.
        text: what is wrong, and what to write.
        path: source file.
        line: line in it.
        is_raised: whether the application wouldn't have started.
    """

    level: str
    text: str
    path: str
    line: int
    is_raised: bool


_kept: ContextVar[list[Mistake] | None] = ContextVar("mistakes", default=None)


@contextmanager
def keep_mistakes() -> Generator[list[Mistake]]:
    """Keep mistakes in the list that this gives, instead of raising them."""
    mistakes: list[Mistake] = []
    token = _kept.set(mistakes)
    try:
        yield mistakes
    finally:
        _kept.reset(token)


def wiring(register: _F) -> _F:
    """Decorate what registers something, and returns nothing."""

    @wraps(register)
    def checked(*args: Any, **kwargs: Any) -> None:
        kept = _kept.get()
        if kept is None:
            register(*args, **kwargs)
            return
        try:
            register(*args, **kwargs)
        except _RAISED as error:
            text = f"{type(error).__name__}: {error}"
            kept.append(Mistake("error", text, *find_place(), is_raised=True))

    return cast("_F", checked)


def find_place() -> tuple[str, int]:
    """Find the file and the line that has led to a call of ours."""
    # Imported here: an application without mistakes doesn't need it.
    from inspect import currentframe

    places = (
        (frame.f_code.co_filename, line)
        for frame, line in walk_stack(currentframe())
        if not re.match(_OURS, str(frame.f_globals.get("__name__")))
    )
    return next(places, ("", 0))
