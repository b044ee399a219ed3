"""The answer that says what is wrong with a request (RFC 9457).

A problem document for programs, a page for browsers, a line in the log.
"""

import json
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from poorwsgi_core import HTTPException, Response, SimpleRequest
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response import BaseResponse
from poorwsgi_core.state import phrases
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
_MOST_KEPT = 200
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
    if log.isEnabledFor(logging.WARNING):
        words = (problem.status, problem.title, operation.method, operation.path)
        arguments = (*words, operation.operation_id or "-", _Reasons(problem))
        # PERF: it is known who logs, so nobody has to be looked for.
        place = (log.name, logging.WARNING, __file__, _FIRST_LINE)
        log.handle(log.makeRecord(*place, _MESSAGE, arguments, None, "log_refusal"))


_FIRST_LINE = log_refusal.__code__.co_firstlineno
_MESSAGE = "%d - %s: %s %s (%s): %s"


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
    data = _write(problem, req)
    headers = _build_headers(problem)
    return kind(data, "application/problem+json", headers, problem.status)


def _write(problem: Problem, req: SimpleRequest) -> str:
    # PERF: clients make the same mistakes again and again, so words are kept.
    if req.debug or len(problem.detail) > _MOST_KEPT:
        return _encode(problem.describe(req))
    start = _write_start(problem.status, problem.detail)
    if not problem.faults:
        return f"{start}}}"
    return f'{start}, "errors": [{", ".join(map(_write_fault, problem.faults))}]}}'


@lru_cache(maxsize=256)
def _write_start(status: int, detail: str) -> str:
    """Write what comes before the faults, without the end."""
    members = {"type": "about:blank", "title": phrases[status]}
    return _encode({**members, "status": status, "detail": detail})[:-1]


def _write_fault(fault: Fault) -> str:
    words = (fault.place, fault.code, fault.message, fault.name, fault.pointer)
    size = len(fault.message) + len(fault.name) + len(fault.pointer or "")
    return _write_words(*words) if size < _MOST_KEPT else _encode(fault.describe())


@lru_cache(maxsize=1024)
def _write_words(
    place: str, code: str, message: str, name: str, pointer: str | None
) -> str:
    return _encode(Fault(place, code, message, name=name, pointer=pointer).describe())


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
    # PERF: most programs don't name it at all.
    if "html" not in req.environ.get("HTTP_ACCEPT", "").lower():
        return False
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
