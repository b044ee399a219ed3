"""Methods that the framework doesn't know, on paths that it does: 405.

The core answers 501 to a method that it has never heard of, before it looks at
the path.  A client of an API is told more by 405, with the methods that there
are (RFC 9110 §15.5.6).
"""

from typing import Any

from poorwsgi_core import BaseResponse, HTTPException, SimpleRequest
from poorwsgi_core.results import not_implemented
from poorwsgi_core.routing import allowed_methods
from poorwsgi_core.state import HTTP_METHOD_NOT_ALLOWED, methods

__all__ = ["answer_not_implemented"]


def answer_not_implemented(req: SimpleRequest, **kwargs: Any) -> BaseResponse:
    """Answer instead of 501; a handler that raised it gets its page.

    Args:
        req: the request.
        **kwargs: for the page, see ``HTTPException``.
    """
    allowed = 0
    if req.method not in methods:
        allowed = _find_methods(req)
    if not allowed:
        return not_implemented(req, **kwargs)
    raise HTTPException(HTTP_METHOD_NOT_ALLOWED, allow=allowed_methods(allowed))


def _find_methods(req: SimpleRequest) -> int:
    """Return the mask of the methods that the path is served by."""
    app, path = req.app, req.path
    bits = {*app.routes.get(path, ())}
    for pattern, handlers in app.regular_routes.items():
        if pattern.match(path):
            bits.update(handlers)
    return sum(bits)
