"""The answer that says what is wrong with a request (RFC 9457).

A problem document for programs, a page for browsers, a line in the log.
"""

import json
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from poorwsgi_core import HTTPException, Response, SimpleRequest
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response import BaseResponse
from poorwsgi_openapi.checks.faults import Fault, Problem
from poorwsgi_openapi.checks.responses import ProblemResponse
from poorwsgi_openapi.document.document import Operation

__all__ = [
    "RequestRefused",
    "build_response",
    "depend_on_accept",
    "log_refusal",
    "prefers_html",
    "prefers_json",
    "write_problem",
]

log = logging.getLogger("poorwsgi")

_R = TypeVar("_R", bound=Response)
_SHOWN = 200
_LOGGED = 10
_encode = json.JSONEncoder().encode


class RequestRefused(HTTPException):
    """The request doesn't keep to the document.

    Attributes:
        problem: why.
    """

    def __init__(self, response: BaseResponse, problem: Problem) -> None:
        super().__init__(response)
        self.problem = problem


def build_response(req: SimpleRequest, problem: Problem) -> ProblemResponse:
    """Answer with a problem document, or with a page when a browser asks."""
    depend_on_accept(req)
    if prefers_html(req):
        from poorwsgi_core.results import page_headers

        headers = _build_headers(problem) or Headers()
        for name, value in page_headers().items():
            headers[name] = value
        page = _build_page(req, problem)
        return ProblemResponse(
            page, "text/html; charset=utf-8", headers, problem.status
        )
    return write_problem(ProblemResponse, req, problem)


def log_refusal(problem: Problem, operation: Operation) -> None:
    """Log why a request is refused: places and codes, and no values."""
    log.warning(
        "%d - %s: %s %s (%s): %s",
        problem.status,
        problem.title,
        operation.method,
        operation.path,
        operation.operation_id or "-",
        _Reasons(problem),
    )


class _Reasons:
    """The faults of a problem, put into words when a log is written."""

    # PERF: a log that nobody writes costs no words.
    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def __str__(self) -> str:
        faults = self._problem.faults
        shown = [_describe(fault) for fault in faults[:_LOGGED]]
        if len(faults) > _LOGGED:
            shown.append(f"and {len(faults) - _LOGGED} more")
        return ", ".join(shown) or self._problem.detail

    __repr__ = __str__


def _describe(fault: Fault) -> str:
    label = fault.label
    if not label.isprintable():
        # A name that the client chose.
        from poorwsgi_core.results import escape_controls

        label = escape_controls(label)
    return f"{label[:_SHOWN]} {fault.code}"


def write_problem(
    kind: Callable[[str, str, Headers | None, int], _R],
    req: SimpleRequest,
    problem: Problem,
) -> _R:
    """Build a problem document.

    Args:
        kind: class of the response.
        req: the request.
        problem: what is wrong.
    """
    data = _encode(problem.describe(req))
    headers = _build_headers(problem)
    return kind(data, "application/problem+json", headers, problem.status)


def _build_headers(problem: Problem) -> Headers | None:
    if not problem.headers:
        return None
    headers = Headers()
    for name, value in problem.headers:
        headers.add_header(name, value)
    return headers


def depend_on_accept(req: SimpleRequest) -> None:
    """Let caches know that others are answered otherwise (RFC 9110 §12.5.5)."""
    if "Accept" not in req.vary:
        req.vary = (*req.vary, "Accept")


def prefers_html(req: SimpleRequest) -> bool:
    """Tell whether HTML is asked for by name, and JSON not as much."""
    html, json_ = _read_preference(req)
    return html > json_


def prefers_json(req: SimpleRequest) -> bool:
    """Tell whether JSON is asked for by name, and HTML not more."""
    html, json_ = _read_preference(req)
    return json_ > 0 and json_ >= html


def _read_preference(req: SimpleRequest) -> tuple[float, float]:
    html = json_ = 0.0
    accept: Any = getattr(req, "accept", ())
    for value, quality in accept:
        kind = value.lower()
        if kind in ("text/html", "application/xhtml+xml"):
            html = max(html, quality)
        elif kind.endswith("json"):
            json_ = max(json_, quality)
    return html, json_


def _build_page(req: SimpleRequest, problem: Problem) -> str:
    from poorwsgi_core.results import build_page
    from poorwsgi_core.results.html import text_html

    title = f"{problem.status} - {text_html(problem.title)}"
    rows = "".join(
        f"<tr><td>{text_html(fault.place)}</td>"
        f"<td><code>{text_html(fault.where)}</code></td>"
        f"<td>{text_html(fault.message)}</td></tr>\n"
        for fault in problem.faults
    )
    table = (
        "<table>\n<thead><tr><th>In</th><th>Where</th><th>What</th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n"
        if rows
        else ""
    )
    body = (
        f"<main>\n<h1>{title}</h1>\n<p>{text_html(problem.detail)}</p>\n{table}</main>"
    )
    kind = f"status s{problem.status // 100}"
    return build_page(title, body, f"webmaster: {text_html(req.server_admin)}", kind)
