"""What the framework answers itself, as problems for the clients of an API.

The framework has a page for each status: for a path that isn't there, a method
that isn't served, a body that is too large, a handler that failed.  Programs get
a problem document in its place, with the headers of the page.  Below the paths
of an API everybody does who doesn't prefer HTML, elsewhere who asks for JSON.
"""

import sys
from collections.abc import Callable
from traceback import format_exception_only
from typing import Any

from poorwsgi_core import BaseResponse, Response, SimpleRequest
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_NOT_FOUND,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    HTTP_UNAUTHORIZED,
    phrases,
)
from poorwsgi_openapi.answers.problems import (
    depend_on_accept,
    prefers_html,
    prefers_json,
    write_problem,
)
from poorwsgi_openapi.answers.unknown_methods import answer_unknown_method
from poorwsgi_openapi.checks.faults import Problem

__all__ = ["ProblemPages"]

_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")
_DETAILS = {
    HTTP_BAD_REQUEST: "The request can't be read",
    HTTP_UNAUTHORIZED: "Valid credentials are required",
    HTTP_NOT_FOUND: "There is nothing here",
    HTTP_METHOD_NOT_ALLOWED: "This is served by other methods, see Allow",
    HTTP_REQUEST_ENTITY_TOO_LARGE: "The request is too large",
    HTTP_INTERNAL_SERVER_ERROR: "The server failed; the failure has been logged",
}


class ProblemPages:
    """Answers programs in place of a page; a page handler.

    Args:
        is_api: tells whether a request is for an API.
        answer: gives the answer of the application to a problem, if it has one.
        is_elsewhere: tells whether a request is for another API.
    """

    def __init__(
        self,
        is_api: Callable[[SimpleRequest], bool],
        answer: Callable[[SimpleRequest, Problem], BaseResponse | None],
        is_elsewhere: Callable[[SimpleRequest], bool],
    ) -> None:
        self._is_api = is_api
        self._is_elsewhere = is_elsewhere
        self._answer = answer

    def __call__(
        self, req: SimpleRequest, page: BaseResponse, *, error: object = None
    ) -> BaseResponse:
        """Return what is sent for a page.

        Args:
            req: the request.
            page: the page.
            error: the reason that was given with the status.
        """
        other = answer_unknown_method(req, page)
        if other is not page:
            return other  # it came through here by itself
        if page.status_code < HTTP_BAD_REQUEST:
            return page
        depend_on_accept(req)
        if not self._is_for_program(req):
            return page
        headers = [
            (name, value) for name in _KEPT for value in page.headers.get_all(name)
        ]
        detail = _explain(req, page.status_code, error)
        problem = Problem(page.status_code, detail, (), headers)
        answer = self._answer(req, problem)
        # Not one of ours: the answers of handlers are compared with the document.
        return write_problem(Response, req, problem) if answer is None else answer

    def _is_for_program(self, req: SimpleRequest) -> bool:
        if self._is_api(req):
            return not prefers_html(req)
        return prefers_json(req) and not self._is_elsewhere(req)


def _explain(req: SimpleRequest, status: int, error: Any) -> str:
    """Say what the page says, and of a failure no more than that."""
    is_told = status < HTTP_INTERNAL_SERVER_ERROR or req.debug
    if error and is_told and status != HTTP_UNAUTHORIZED:
        return str(error)
    exception = sys.exception()
    if status == HTTP_INTERNAL_SERVER_ERROR and req.debug and exception is not None:
        return "".join(format_exception_only(exception)).strip()
    return _DETAILS.get(status, phrases[status])
