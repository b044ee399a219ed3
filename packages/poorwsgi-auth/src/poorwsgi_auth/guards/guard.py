"""What Basic, Bearer and API keys have in common: a guard before a handler.

A guard decorates a handler.  It finds out who sends the request, or raises; the
handler is then called with whatever it is called with.  A handler that is a
generator is guarded as well: the check is done before it is made.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from poorwsgi_core import HTTPException, Request
from poorwsgi_core.application.guarding import Guarding, mark_guarded
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.state import HTTP_UNAUTHORIZED

__all__ = ["Guard", "build_guard", "refuse"]

_RequestT = TypeVar("_RequestT", bound=Request)
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Guard(Protocol):
    """Gives back the handler that it gets, guarded, with its type."""

    def __call__(
        self, handler: Callable[Concatenate[_RequestT, _P], _R], /
    ) -> Callable[Concatenate[_RequestT, _P], _R]:
        """Decorate a handler."""
        ...


def build_guard(
    authenticate: Callable[[Any], Any],
    name: str = "",
    scheme: Mapping[str, str] | None = None,
    scopes: Iterable[str] = (),
) -> Guard:
    """Build a guard.

    Args:
        authenticate: returns what becomes ``req.user``, or raises HTTPException.
        name: what the credentials are called in a document of the application.
        scheme: what they are, as a security scheme of OpenAPI says it; without it
            no document tells of the guard.
        scopes: what they have to allow.
    """

    def guard(
        handler: Callable[Concatenate[_RequestT, _P], _R], /
    ) -> Callable[Concatenate[_RequestT, _P], _R]:
        check_unrouted(handler)

        @wraps(handler)
        def guarded(req: _RequestT, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            req.user = authenticate(req)
            return handler(req, *args, **kwargs)

        if scheme is not None:
            mark_guarded(guarded, Guarding(guard, name, scheme, (*scopes,)))
        return guarded

    return guard


def refuse(
    challenge: str, realm: str, error: str = "", code: int = HTTP_UNAUTHORIZED
) -> HTTPException:
    """Build the exception that refuses a request.

    It goes to the state handler of its code, and the challenge is on the answer.

    Args:
        challenge: value of WWW-Authenticate.
        realm: protection space, for the state handler.
        error: reason; logged.
        code: the status.
    """
    return HTTPException(code, realm=realm, challenges=[challenge], error=error)
