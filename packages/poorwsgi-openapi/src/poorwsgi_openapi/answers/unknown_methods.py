"""Methods that the framework doesn't know, on paths that it does: 405.

The core answers 501 to a method that it has never heard of, before it looks at
the path.  A client of an API is told more by 405, with the methods that there
are (RFC 9110 §15.5.6).
"""

from typing import Any, cast

from poorwsgi_core import Application, BaseResponse, HTTPException, SimpleRequest
from poorwsgi_core.application.table import allowed_methods
from poorwsgi_core.state import HTTP_METHOD_NOT_ALLOWED, HTTP_NOT_IMPLEMENTED, methods

__all__ = ["answer_unknown_method"]


def answer_unknown_method(req: SimpleRequest, page: BaseResponse) -> BaseResponse:
    """Answer 405 in place of the 501 of an unknown method; a page handler.

    Args:
        req: the request.
        page: the page; any other is returned as it is.
    """
    if page.status_code != HTTP_NOT_IMPLEMENTED or req.method in methods:
        return page
    try:
        allowed = _find_methods(req)
    except HTTPException as error:  # the path is no text
        return req.app.state_from_table(req, error.status_code, **error.args[1])
    if not allowed:
        return page
    allow = allowed_methods(allowed)
    return req.app.state_from_table(req, HTTP_METHOD_NOT_ALLOWED, allow=allow)


def _find_methods(req: SimpleRequest) -> int:
    """Return the mask of the methods that the path is served by."""
    app, path = cast("Application[Any]", req.app), req.path or "/"
    bits = {*app.routes.get(path, ())}
    for pattern, handlers in app.regular_routes.items():
        if pattern.match(path):
            bits.update(handlers)
    return sum(bits)
