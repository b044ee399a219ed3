"""The pages that answer a status code when the application has none.

A page is called as ``handler(req, **kwargs)`` with the keywords of the
HTTPException; it ignores those that it doesn't know.  *req* may be a Request,
a SimpleRequest, or a stand-in with the attributes that the page reads.
"""

import logging
from collections.abc import Callable, Sequence
from time import time
from typing import Any, Final

from poorwsgi_core.request.callables import probe
from poorwsgi_core.response import (
    BaseResponse,
    NoContentResponse,
    NotModifiedResponse,
    Response,
)
from poorwsgi_core.results.failure import internal_server_error
from poorwsgi_core.results.frame import build_status_page, log_reason, read_text
from poorwsgi_core.results.html import code_html, html_escape
from poorwsgi_core.state import methods

__all__ = [
    "bad_request",
    "default_states",
    "forbidden",
    "method_not_allowed",
    "not_found",
    "not_implemented",
    "not_modified",
    "status_page",
    "unauthorized",
]

_NO_BODY = frozenset({204, 205, 304})

_TEXTS = {
    402: "Access to {uri} has to be paid for.",
    406: "{uri} is not available in a form that your client accepts.",
    407: "The proxy has to know who you are before it passes {uri} on.",
    408: "The server waited for the rest of the request, and gave up.",
    409: "The request conflicts with the present state of {uri}.",
    410: "{uri} was here once. It has been removed, and will not come back.",
    411: "The server has to know the length of the request body beforehand.",
    412: "A condition that your client set for {uri} is not fulfilled.",
    413: "The request for {uri} carries more data than the server takes.",
    414: "The requested address is longer than the server accepts.",
    415: "The server can't read the type of data that was sent to {uri}.",
    416: "The requested part of {uri} doesn't exist.",
    418: "This server is a teapot. Ask another one for coffee.",
    422: "The data for {uri} were understood, but can't be processed.",
    423: "{uri} is locked.",
    426: "{uri} is available over another protocol only.",
    428: "A request for {uri} has to state its conditions.",
    429: "There were too many requests. Please wait before the next one.",
    431: "The headers of the request are larger than the server accepts.",
    451: "{uri} can't be shown for legal reasons.",
    502: "A server behind this one gave an invalid answer.",
    503: "The service is not available at the moment. Please try again later.",
    504: "A server behind this one gave no answer in time.",
    507: "The server has no space left for the request.",
}
_CLASS_TEXTS = {
    2: "The request for {uri} was successful.",
    3: "{uri} is to be found elsewhere.",
    4: "The server can't fulfil the request for {uri}.",
    5: "The server failed to answer the request for {uri}.",
}


def _answer(
    code: int, text: str, req: Any, error: object = None, level: int = logging.WARNING
) -> Response:
    return build_status_page(code, _body(code, text, error, level), req)


def _body(code: int, text: str, error: object, level: int = logging.WARNING) -> str:
    if not error:
        return f"<p>{text}</p>"
    log_reason(level, code, error)
    return f"<p>{text}</p>\n<pre>{html_escape(str(error))}</pre>"


def _answer_search(code: int, text: str, req: Any, error: object) -> Response:
    """Build the page of a path that nothing serves, in debug with the routes."""
    body = _body(code, text, error)
    if not probe(req, "shows_debug"):
        return build_status_page(code, body, req)
    # Imported here: only the debug form needs it.
    from poorwsgi_core.results.search import describe_search

    return build_status_page(code, f"{body}\n{describe_search(req)}", req, "", " wide")


def _uri(req: Any) -> str:
    return code_html(read_text(req, "uri"))


def not_modified(req: Any, **_: Any) -> NotModifiedResponse:
    """Build the 304 answer from ETag and Content-Location of the request."""
    return NotModifiedResponse(
        etag=req.headers.get("ETag"),
        content_location=req.headers.get("Content-Location"),
        date=time(),
    )


def bad_request(req: Any, error: object = None, **_: Any) -> Response:
    """Build the 400 page."""
    path = code_html(read_text(req, "path"))
    text = f"The {code_html(req.method)} request for {path} is not valid."
    return _answer(400, text, req, error)


def unauthorized(
    req: Any,
    realm: str | None = None,
    stale: str | bool = "",
    error: object = None,
    challenges: Sequence[str] = (),
    **_: Any,
) -> Response:
    """Build the 401 page.

    Args:
        req: the request.
        realm: for ``req.app.challenge``.
        stale: the same.
        error: reason that is logged, and not told to the one who is refused.
        challenges: WWW-Authenticate values; without them those of
            ``req.app.challenge``.

    Raises:
        RuntimeError: the application's challenge needs a realm.
    """
    challenges = challenges or req.app.challenge(req, realm, stale)
    log_reason(logging.WARNING, 401, error)
    text = f"You have to sign in for {code_html(req.method)} of {_uri(req)}."
    page = _answer(401, text, req)
    for value in challenges:
        page.add_header("WWW-Authenticate", value)
    return page


def forbidden(req: Any, error: object = None, **_: Any) -> Response:
    """Build the 403 page."""
    return _answer(403, f"You have no permission to access {_uri(req)}.", req, error)


def not_found(req: Any, error: object = None, **_: Any) -> Response:
    """Build the 404 page."""
    text = f"{_uri(req)} was not found on this server."
    return _answer_search(404, text, req, error)


def method_not_allowed(
    req: Any, error: object = None, allow: str = "", **_: Any
) -> Response:
    """Build the 405 page.

    Args:
        req: the request.
        error: reason to show.
        allow: value of the Allow header, none when empty.
    """
    text = f"Method {code_html(req.method)} is not allowed for {_uri(req)}."
    if allow:
        names = ", ".join(map(code_html, allow.split(", ")))
        text += f" What is: {names}."
    page = _answer_search(405, text, req, error)
    if allow:
        page.add_header("Allow", allow)
    return page


def not_implemented(
    req: Any, code: object = None, error: object = None, **_: Any
) -> Response:
    """Build the 501 page.

    Args:
        req: the request.
        code: the status that can't be answered, if that is the reason.
        error: reason to show.
    """
    if code:
        log_reason(logging.ERROR, 501, f"status {code} of {read_text(req, 'uri')}")
        text = (
            f"The request for {_uri(req)} ended with status {code_html(code)}, "
            "which is not implemented."
        )
    else:
        text = f"What was requested of {_uri(req)} is not implemented."
    return _answer(501, text, req, error, logging.ERROR)


def status_page(req: Any, code: int, error: object = None, **_: Any) -> BaseResponse:
    """Build the answer with any code of ``state.phrases``.

    It is a page with a sentence about the code, and *error* as the reason; a
    code that allows no content is answered without a body.
    """
    if code in _NO_BODY:
        return NoContentResponse(status_code=code)
    text = _TEXTS.get(code) or _CLASS_TEXTS[code // 100]
    return _answer(code, text.format(uri=_uri(req)), req, error)


_PAGES: dict[int, Callable[..., BaseResponse]] = {
    304: not_modified,
    400: bad_request,
    401: unauthorized,
    403: forbidden,
    404: not_found,
    405: method_not_allowed,
    500: internal_server_error,
    501: not_implemented,
}

default_states: Final = {
    code: dict.fromkeys(methods.values(), page) for code, page in _PAGES.items()
}
"""Status code to method bit to page, not to be changed.

Other codes have no entry: they are answered by ``status_page``.
"""
