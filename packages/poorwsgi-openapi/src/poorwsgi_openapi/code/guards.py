"""Guards of handlers, such as those of poorwsgi-auth, as security of the document.

A guard asks before anything is checked, as it does on any route: who isn't let in isn't
told what is wrong with a request.  So it is put around the check too.  Below another
decorator it is left where it is.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from poorwsgi_core import BaseResponse, Request
from poorwsgi_core.application.guarding import Guarding, find_guarding

__all__ = ["guard_again", "list_guards", "peel_guards"]


def list_guards(handler: Any) -> list[Guarding]:
    """List all guards of a handler, from outside."""
    found: list[Guarding] = []
    while handler is not None:
        guarding = find_guarding(handler)
        if guarding is not None:
            found.append(guarding)
        handler = getattr(handler, "__wrapped__", None)
    return found


def peel_guards(handler: Any) -> tuple[list[Guarding], Callable[..., Any]]:
    """Take off the guards that stand outside of anything else."""
    found: list[Guarding] = []
    while (guarding := find_guarding(handler)) is not None:
        found.append(guarding)
        handler = handler.__wrapped__
    return found, handler


def guard_again(
    guards: list[Guarding],
    check: Callable[[Request], BaseResponse | None],
    call: Callable[..., Any],
) -> Callable[..., Any]:
    """Put guards around a check and what is called when it passes.

    Args:
        guards: from outside.
        check: answers a request that doesn't pass.
        call: gets the request and the values of the path.
    """

    @wraps(call)
    def checked(req: Any, *values: Any) -> Any:
        answer = check(req)
        return call(req, *values) if answer is None else answer

    guarded: Callable[..., Any] = checked
    for guarding in reversed(guards):
        guarded = guarding.guard(guarded)
    return guarded
