"""Hooks: handlers that run before and after each response.

They are tuples that a change replaces, so that a request runs the hooks which
there were when it came.
"""

import threading

from poorwsgi_core.application.handlers import Handler, check_handler

__all__ = ["Hooks"]


class Hooks:
    """Before and after handlers of an application.

    Attributes:
        before: run before each response, in order.
        after: run after each response, in order.
    """

    def __init__(self) -> None:
        self.before: tuple[Handler, ...] = ()
        self.after: tuple[Handler, ...] = ()
        self._lock = threading.Lock()

    def add_before(self, hook: Handler) -> None:
        """Add a before handler."""
        with self._lock:
            self.before = _added(self.before, hook, "before")

    def remove_before(self, hook: Handler) -> None:
        """Remove a before handler."""
        with self._lock:
            self.before = _removed(self.before, hook, "before")

    def add_after(self, hook: Handler) -> None:
        """Add an after handler."""
        with self._lock:
            self.after = _added(self.after, hook, "after")

    def remove_after(self, hook: Handler) -> None:
        """Remove an after handler."""
        with self._lock:
            self.after = _removed(self.after, hook, "after")


def _added(hooks: tuple[Handler, ...], hook: Handler, kind: str) -> tuple[Handler, ...]:
    check_handler(hook)
    if hook in hooks:
        raise ValueError(f"{hook!r} is a {kind} handler already")
    return (*hooks, hook)


def _removed(
    hooks: tuple[Handler, ...], hook: Handler, kind: str
) -> tuple[Handler, ...]:
    if hook not in hooks:
        raise ValueError(f"{hook!r} is no {kind} handler")
    return tuple(other for other in hooks if other != hook)
