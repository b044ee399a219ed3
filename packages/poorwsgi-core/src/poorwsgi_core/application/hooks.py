"""Hooks: handlers that run before and after each response.

They are tuples that a change replaces, so that a request runs the hooks which
there were when it came.
"""

import logging
import threading
from typing import Any

from poorwsgi_core.application.handlers import Handler, check_handler
from poorwsgi_core.application.signatures import check_arguments, is_generator
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.request.mistakes import wiring
from poorwsgi_core.response import BaseResponse

__all__ = ["Hooks", "check_returned"]

log = logging.getLogger("poorwsgi")

# An exception that is returned isn't raised, so that nothing would be refused.
_ANSWERS = (str, bytes, dict, list, tuple, BaseResponse, Exception)
_ARGUMENTS = {"before": ("req",), "after": ("req", "response")}


class Hooks:
    """Before and after handlers of an application.

    Attributes:
        before: run before each response, in order.
        after: run after each response, in order.
    """

    def __init__(self) -> None:
        self.before: tuple[Handler, ...] = ()
        self.after: tuple[Handler, ...] = ()
        self._first = 0  # how many of before stand before guards and the others
        self._guards = 0  # how many stand behind these, before the others
        self._last = 0  # how many of after stand behind the others
        self._lock = threading.Lock()
        self._told: list[Handler] = []

    @wiring
    def add_before(
        self, hook: Handler, *, first: bool = False, guard: bool = False
    ) -> None:
        """Add a before handler; those that are first, and guards, keep their order."""
        with self._lock:
            ends = self._first, self._first + self._guards, len(self.before)
            place = ends[0 if first else 1 if guard else 2]
            self.before = _added(self.before, hook, "before", place)
            self._first += first
            self._guards += guard and not first

    def remove_before(self, hook: Handler) -> None:
        """Remove a before handler."""
        with self._lock:
            kept = _removed(self.before, hook, "before")
            place = self.before.index(hook)
            self._guards -= 0 <= place - self._first < self._guards
            self._first -= place < self._first
            self.before = kept

    @wiring
    def add_after(self, hook: Handler, *, last: bool = False) -> None:
        """Add an after handler; of those that are last, the first one ends."""
        with self._lock:
            place = len(self.after) - self._last
            self.after = _added(self.after, hook, "after", place)
            self._last += last

    def remove_after(self, hook: Handler) -> None:
        """Remove an after handler."""
        with self._lock:
            kept = _removed(self.after, hook, "after")
            self._last -= self.after.index(hook) >= len(self.after) - self._last
            self.after = kept

    def is_answer(self, hook: Handler, value: Any) -> bool:
        """Tell whether what a before handler returned is meant to be the answer.

        Anything else is left alone, as it was in 2.x, with a line in the log.
        """
        if isinstance(value, _ANSWERS):
            return True
        if hook not in self._told:
            self._told.append(hook)
            log.error(
                "Before handler %s returned %s, which is no answer: return None to go "
                "on, or text, a dict, a tuple or a response to answer the request",
                *(describe_handler(hook).place, type(value).__name__),
            )
        return False


def _added(
    hooks: tuple[Handler, ...], hook: Handler, kind: str, place: int
) -> tuple[Handler, ...]:
    check_handler(hook)
    check_arguments(hook, *_ARGUMENTS[kind])
    if kind == "before" and is_generator(hook):
        raise TypeError(
            f"{describe_handler(hook)} is a generator, so nothing of it is ever run: "
            "write the before handler without yield"
        )
    if hook in hooks:
        raise ValueError(f"{hook!r} is a {kind} handler already")
    return (*hooks[:place], hook, *hooks[place:])


def _removed(
    hooks: tuple[Handler, ...], hook: Handler, kind: str
) -> tuple[Handler, ...]:
    if hook not in hooks:
        raise ValueError(f"{hook!r} is no {kind} handler")
    return tuple(other for other in hooks if other != hook)


def check_returned(value: Any) -> Any:
    """Return what an after handler returned.

    Raises:
        TypeError: it returned nothing.
    """
    if value is None:
        raise TypeError(
            "An after handler returns the answer: write return response at its end"
        )
    return value
