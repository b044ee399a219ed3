"""Exceptions, state handlers, error handlers: the description's examples."""

from typing import Any, NoReturn

from poorwsgi import Application, abort, redirect, state
from poorwsgi.request import Request
from poorwsgi.response import HTTPException, Response
from poorwsgi.state import DECLINED, HTTP_BAD_REQUEST, HTTP_NO_CONTENT

app = Application("failing")


@app.route("/some/url")
def some_url(req: Request) -> tuple[str, str]:
    """Stop with a status; its handler makes the answer."""
    if req.is_xhr:
        raise HTTPException(HTTP_BAD_REQUEST)
    return "Some message", "text/plain"


@app.route("/other/url")
def other_url(req: Request) -> tuple[str, str]:
    """Stop with a response."""
    if req.is_xhr:
        error = Response(
            b'{"reason": "Ajax not suported"}',
            content_type="application/json",
            status_code=HTTP_BAD_REQUEST,
        )
        raise HTTPException(error)
    return "Other message", "text/plain"


@app.route("/nothing")
def nothing(_: Request) -> NoReturn:
    """204 needs no handler."""
    raise HTTPException(HTTP_NO_CONTENT)


@app.route("/declined")
def declined(_: Request) -> NoReturn:
    """Nothing at all: no status, no headers, no body."""
    raise HTTPException(DECLINED)


@app.route("/crash")
def crash(_: Request) -> float:
    """Any other exception is an Internal Server Error."""
    return 1 / 0


@app.route("/elsewhere")
def elsewhere(_: Request) -> NoReturn:
    """Send the client elsewhere from anywhere."""
    redirect("/some/url")


@app.route("/forbidden")
def forbidden(_: Request) -> NoReturn:
    """Stop by a function."""
    abort(state.HTTP_FORBIDDEN)


@app.http_state(state.HTTP_NOT_FOUND)
def page_not_found(req: Request, *_: Any) -> tuple[str, str, None, int]:
    """Answer a status; it is to be given here too."""
    text = f"Your request {req.path} not found."
    return text, "text/plain", None, state.HTTP_NOT_FOUND


class MyValueError(ValueError):
    """An error of the application."""


@app.error_handler(ValueError)
def value_error(_: Request, error: ValueError) -> tuple[str, int]:
    """This is called when a ValueError was raised."""
    return f"Value Error: {error}", state.HTTP_BAD_REQUEST


@app.route("/value/<value:int>")
def value_handler(_: Request, value: int) -> str:
    """Raise what the handler above takes."""
    if value != 42:
        raise MyValueError("Not a valid value")
    return "Yep!"
