"""What is wrong with a request, and the answer that says so (RFC 9457).

An answer names places, not values: what a client sent comes back only when the
application is in debug.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from poorwsgi_core import HTTPException, Response, SimpleRequest
from poorwsgi_core.headers import Headers
from poorwsgi_core.response import BaseResponse
from poorwsgi_core.state import phrases

__all__ = ["Fault", "Problem", "ProblemResponse", "RequestRefused", "build_response"]

_SHOWN = 200


class Fault:
    """One thing that is wrong.

    Attributes:
        place: ``path``, ``query``, ``header``, ``cookie``, ``body`` or ``security``.
        code: what is wrong in one word, such as ``maxLength``.
        message: the same for people, without values of the client.
        name: name of the parameter or security scheme.
        pointer: JSON pointer into the body or parameter, ``""`` for all of it.
        value: what the client sent; shown in debug only.
    """

    __slots__ = ("code", "message", "name", "place", "pointer", "value")

    def __init__(
        self,
        place: str,
        code: str,
        message: str,
        *,
        name: str = "",
        pointer: str | None = None,
        value: object = None,
    ) -> None:
        self.place = place
        self.code = code
        self.message = message
        self.name = name
        self.pointer = pointer
        self.value = value

    def __repr__(self) -> str:
        return f"<Fault {self.place} {self.name or self.pointer or ''}: {self.code}>"

    def describe(self, *, debug: bool = False) -> dict[str, str]:
        """Return the members of the ``errors`` array."""
        members = {"in": self.place}
        if self.name:
            members["name"] = self.name
        if self.pointer is not None and (self.pointer or not self.name):
            members["pointer"] = self.pointer
        members["code"] = self.code
        members["message"] = self.message
        if debug and self.value is not None:
            members["value"] = repr(self.value)[:_SHOWN]
        return members


class Problem:
    """Why a request is refused.

    Attributes:
        status: status code of the answer.
        detail: one sentence.
        faults: all that is wrong.
        headers: headers that the answer has to have.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = tuple(headers)

    @property
    def title(self) -> str:
        """Phrase of the status code."""
        return phrases[self.status]

    def describe(self, req: SimpleRequest) -> dict[str, Any]:
        """Return the members of the problem document."""
        members: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            debug = req.debug
            members["errors"] = [fault.describe(debug=debug) for fault in self.faults]
        return members


class ProblemResponse(Response):
    """An answer of ours, which is never validated as one of a handler."""


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
    if _prefers_html(req):
        from poorwsgi_core.results import page_headers

        extra: Mapping[str, str] = page_headers()
        data, kind = _build_page(req, problem), "text/html; charset=utf-8"
    else:
        extra, data = {}, json.dumps(problem.describe(req))
        kind = "application/problem+json"
    headers = Headers([*extra.items()])
    for name, value in problem.headers:
        headers.add_header(name, value)
    return ProblemResponse(data, kind, headers, problem.status)


def _prefers_html(req: SimpleRequest) -> bool:
    """Tell whether HTML is asked for by name, and JSON not as much."""
    accept: Any = getattr(req, "accept", ())
    best = {"html": 0.0, "json": 0.0}
    for value, quality in accept:
        kind = value.lower()
        if kind in ("text/html", "application/xhtml+xml"):
            best["html"] = max(best["html"], quality)
        elif kind.endswith("json"):
            best["json"] = max(best["json"], quality)
    return best["html"] > best["json"]


def _build_page(req: SimpleRequest, problem: Problem) -> str:
    from poorwsgi_core.results import build_page
    from poorwsgi_core.results.html import text_html

    title = f"{problem.status} - {text_html(problem.title)}"
    rows = "".join(
        f"<tr><td>{text_html(fault.place)}</td>"
        f"<td><code>{text_html(fault.name or fault.pointer or '')}</code></td>"
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
