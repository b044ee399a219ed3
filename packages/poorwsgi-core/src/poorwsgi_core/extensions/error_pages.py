"""Error pages in the form that the client asks for: HTML, problem+json or text.

What the framework answers by itself, and what ``abort`` leads to, has a page of HTML.
This replaces it where the client likes another form better (RFC 9110 section 12.5.1).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import check_function
from poorwsgi_core.http.negotiation import best, parse_negotiation
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.response import BaseResponse, Response
from poorwsgi_core.response.streams import filtered_headers
from poorwsgi_core.state import (
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_NOT_FOUND,
    HTTP_UNAUTHORIZED,
)

__all__ = ["ErrorPages", "Problem"]

_HTML = "text/html"
_PROBLEM = "application/problem+json"
_JSON = "application/json"
_TEXT = "text/plain"
_ROUTING = frozenset({HTTP_NOT_FOUND, HTTP_METHOD_NOT_ALLOWED})
_FORMS = {
    "html": (_HTML, _PROBLEM, _JSON, _TEXT),
    "json": (_PROBLEM, _JSON, _HTML, _TEXT),
    "text": (_TEXT, _HTML, _PROBLEM, _JSON),
}


class Problem(NamedTuple):
    """What an error page says.

    Attributes:
        status: status code.
        title: its phrase.
        detail: the reason as ``abort(404, error="...")`` has it, empty without one,
            for 401, and for what is the server's fault.
    """

    status: int
    title: str
    detail: str


class ErrorPages:
    """Answer errors as HTML, problem+json (RFC 9457) or text, as the client likes.

    State handlers of the application come before it.  In debug 404 and 405 say why no
    route answers, in JSON as the member ``routes``.

    Args:
        default: ``html``, ``json`` or ``text``, for clients that don't care.
        render: makes the HTML page of request and problem; without it that is the
            page of the framework.  While debugging, 500 keeps its own.

    Raises:
        TypeError: *render* is no function of two arguments.
        ValueError: an unknown default.
    """

    def __init__(
        self,
        *,
        default: str = "html",
        render: Callable[[SimpleRequest, Problem], str] | None = None,
    ) -> None:
        if default not in _FORMS:
            raise ValueError(f"default is html, json or text, not {default!r}")
        self._offers: Sequence[str] = _FORMS[default]
        if render is not None:
            check_function("render", render, "req", "problem")
        self._render = render

    def install(self, app: Application[Any]) -> None:
        """See each page before it is sent."""
        app.add_page_handler(self._choose)

    def _choose(
        self, req: SimpleRequest, page: BaseResponse, error: object = None
    ) -> BaseResponse:
        kind = page.headers.get("Content-Type", page.content_type)
        if page.is_bodiless or not kind.startswith(_HTML):
            return page
        if "Accept" not in req.vary:
            req.vary = (*req.vary, "Accept")
        accepted = [
            (_simplify(value), quality)
            for value, quality in parse_negotiation(req.environ.get("HTTP_ACCEPT", ""))
        ]
        form = best(accepted, self._offers) or self._offers[0]
        problem = _describe(page, error)
        if form != _HTML:
            return _rebuild(page, *_write(problem, form, _explain(req, page)))
        is_ours = page.status_code == HTTP_INTERNAL_SERVER_ERROR and req.shows_debug
        if self._render is None or is_ours:
            return page
        text = self._render(req, problem)
        if not isinstance(cast("object", text), str):
            raise TypeError(f"render returns a page as text, not {text!r}")
        return _rebuild(page, text, f"{_HTML}; charset=utf-8")


def _simplify(kind: str) -> str:
    """Leave out what makes no difference, as there is one form of each type."""
    plain = kind.partition(";")[0].rstrip().lower()
    return _JSON if plain.endswith("+json") and plain != _PROBLEM else plain


def _describe(page: BaseResponse, error: object) -> Problem:
    code = page.status_code
    # Who is refused doesn't learn why, nor anybody what is wrong inside.
    is_told = code != HTTP_UNAUTHORIZED and code < HTTP_INTERNAL_SERVER_ERROR
    return Problem(code, page.reason, str(error) if error and is_told else "")


def _explain(req: SimpleRequest, page: BaseResponse) -> Sequence[tuple[str, str]]:
    """Say in debug of each route why it doesn't answer, the nearest first."""
    if page.status_code not in _ROUTING or not req.shows_debug:
        return ()
    # Imported here: only who debugs needs it.
    from poorwsgi_core.results.search import find_trials, sort_trials

    return [(trial.rule, trial.reason) for trial in sort_trials(find_trials(req))]


def _write(
    problem: Problem, form: str, reasons: Sequence[tuple[str, str]]
) -> tuple[str, str]:
    if form == _TEXT:
        title = f"{problem.status} {problem.title}"
        lines = [title, problem.detail] if problem.detail else [title]
        lines += [f"{rule}: {reason}" for rule, reason in reasons]
        return "\n".join([*lines, ""]), f"{_TEXT}; charset=utf-8"
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
    }
    if problem.detail:
        members["detail"] = problem.detail
    if reasons:
        members["routes"] = [{"rule": rule, "reason": why} for rule, why in reasons]
    return json.dumps(members), form


def _rebuild(page: BaseResponse, text: str, content_type: str) -> BaseResponse:
    headers = filtered_headers(page)
    # It was made for the style sheet of the other page.
    del headers["Content-Security-Policy"]
    body = text.encode("utf-8", "backslashreplace")
    return Response(body, content_type, headers, page.status_code)
