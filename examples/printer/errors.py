"""Errors in the form that the client asks for: JSON, a page, or a line of text."""

from functools import partial

from look import page_of

from poorwsgi import Application, state
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import JSONResponse, Response, TextResponse
from poorwsgi.results import unauthorized

__all__ = ["install"]

_STATUSES = (400, 403, 404, 405, 409, 411, 413, 415, 416, 500, 503)


def install(app: Application) -> None:
    """Register a handler for each status."""
    for code in _STATUSES:
        app.set_http_state(code, partial(answer, code), state.METHOD_ALL)
    app.set_http_state(401, challenge, state.METHOD_ALL)


def answer(code: int, req: SimpleRequest, error: object = None) -> Response:
    """Say what is wrong."""
    text = str(error or state.phrases[code])
    if isinstance(req, Request) and req.accept_json:
        return JSONResponse(status_code=code, error=text, code=code)
    if isinstance(req, Request) and req.accept_html:
        return Response(page_of(req, state.phrases[code], text, ""), status_code=code)
    return TextResponse(f"{text}\n", status_code=code)


def challenge(
    req: Request, realm: str = "", stale: str | bool = "", error: object = None
) -> Response:
    """Ask for a password, with the challenge of the built-in page."""
    built_in = unauthorized(req, realm=realm, stale=stale, error=error)
    response = answer(401, req)
    response.add_header("WWW-Authenticate", built_in.headers["WWW-Authenticate"])
    return response
