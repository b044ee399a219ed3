"""Handlers as they are documented keep their types, and are checked."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, assert_type

from poorwsgi_core import (
    Application,
    BaseResponse,
    HTTPException,
    Request,
    Response,
    SimpleRequest,
    abort,
    make_response,
    redirect,
)
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response import FileResponse, GeneratorResponse, JSONResponse
from poorwsgi_core.state import HTTP_NOT_FOUND, METHOD_GET_POST, METHOD_POST

app = Application(__name__)
assert_type(app, Application[Request])


@app.route("/")
def text(req: Request) -> str:
    """Answer with text."""
    return req.path


@app.route("/user/<ident:int>", method=METHOD_GET_POST)
def user(_: Request, ident: int) -> dict[str, int]:
    """Take an argument of the path."""
    return {"ident": ident}


@app.route("/api", methods=METHOD_POST)
def api(_: Request) -> JSONResponse:
    """Answer with a response."""
    return JSONResponse(status_code=201, a=1)


@app.route("/lines")
def lines(_: Request) -> Iterator[bytes]:
    """Stream."""
    yield b"line\n"


@app.route("/pair")
def pair(_: Request) -> tuple[str, str, dict[str, str], int]:
    """Answer with a tuple."""
    return "text", "text/plain", {"X-A": "b"}, 200


@app.route("/<x>/<y>")
def everything(_: Request, *args: str) -> str:
    """Take all arguments in order."""
    return " ".join(args)


@app.regular_route(r"/(?P<class>\w+)")
def by_name(_: Request, **kwargs: str) -> str:
    """Take arguments by name."""
    return kwargs["class"]


@app.default()
def default(_: Request) -> None:
    """Answer what nothing else does."""


@app.http_state(HTTP_NOT_FOUND)
def not_found(req: SimpleRequest) -> tuple[str, int]:
    """Answer with a page of one's own."""
    return f"{req.path} is not here", 404


@app.http_state(400)
def bad_request(_: SimpleRequest, error: str = "") -> tuple[str, int]:
    """Take a keyword of the exception."""
    return error, 400


@app.error_handler(ValueError)
def value_error(_: SimpleRequest, error: ValueError) -> tuple[str, int]:
    """Answer for an exception."""
    return str(error), 400


@app.before_response()
def before(req: Request) -> None:
    """Run before each handler."""
    req.user = "me"


@app.after_response()
def after(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Run after each handler."""
    response.add_header("X-A", "b")
    return response


# A decorator gives back what it got, so the functions can be called and stacked.
named: Callable[..., str] = by_name
kept: Callable[[Request, int], dict[str, int]] = user
streamed: Callable[[Request], Iterator[bytes]] = lines
stated: Callable[[SimpleRequest], tuple[str, int]] = not_found
hooked: Callable[[SimpleRequest, BaseResponse], BaseResponse] = after


def more(req: Request) -> None:
    """Use the other ways of registering and stopping."""
    app.set_route("/lambda", lambda req: req.path)
    app.set_route("/partial", partial(user, ident=1))
    app.set_route("/one/<x>", user)
    app.set_default(lambda req: req.path, METHOD_POST)
    app.set_http_state(410, lambda _: "gone")
    app.set_error_handler(KeyError, lambda _, __: "key")
    app.add_before_response(before)
    app.add_after_response(lambda _, response: response)
    assert_type(text(req), str)
    assert_type(user(req, 1), dict[str, int])
    assert_type(app.routes, dict[str, dict[int, Callable[..., Any]]])
    assert_type(app.before, tuple[Callable[..., Any], ...])
    assert_type(make_response("text"), BaseResponse)
    assert_type(Response("text").headers, Headers)
    assert_type(FileResponse("file").content_length, int)
    assert_type(GeneratorResponse([b""]).data, bytes)
    if req.is_xhr:
        abort(404, error="why")
    if req.debug:
        redirect("/", status_code=303)
    raise HTTPException(Response("text"))


def settings() -> None:
    """Set settings."""
    app.debug = True
    app.max_content_length = None
    app.trusted_hosts = ("example.com",)


def read_settings() -> None:
    """Read settings."""
    assert_type(app.debug, bool)
    assert_type(app.data_size, int)
    assert_type(app.max_content_length, int | None)
    assert_type(app.trusted_hosts, tuple[str, ...] | None)
    assert_type(app.get_options(), dict[str, str])
