"""Returning values, response classes, partial content: the description's examples."""

import os
import random
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

from poorwsgi import Application, make_response
from poorwsgi.headers import http_to_time, parse_range, time_to_http
from poorwsgi.request import Request
from poorwsgi.response import (
    BaseResponse,
    FileObjResponse,
    FileResponse,
    GeneratorResponse,
    JSONGeneratorResponse,
    JSONResponse,
    NoContentResponse,
    NotModifiedResponse,
    PartialResponse,
    RedirectResponse,
    Response,
    StrGeneratorResponse,
    TextResponse,
)
from poorwsgi.state import HTTP_GONE, HTTP_NOT_FOUND, HTTP_OK

app = Application("returning")

# --- values ------------------------------------------------------------------------


@app.route("/some/path")
def some_path(_: Request) -> str:
    """Text is sent as UTF-8."""
    return "This is content for some path"


@app.route("/other/path")
def other_path(_: Request) -> bytes:
    """Bytes are sent as they are."""
    return b"This is content for some path"


@app.route("/list/of/bytes")
def list_of_bytes(_: Request) -> list[bytes]:
    """Any iterable of bytes is a body."""
    return [b"Hello ", b"world!"]


@app.route("/generator/of/bytes")
def generator_of_bytes(_: Request) -> Iterator[bytes]:
    """So is a generator."""

    def generator() -> Iterator[bytes]:
        for i in range(10):
            yield b"%d -> %x\n" % (i, i)

    return generator()


@app.route("/handler/is/generator")
def handler_is_generator(_: Request) -> Iterator[bytes]:
    """The handler may be the generator."""
    for i in range(10):
        yield b"%d -> %x\n" % (i, i)


@app.route("/text/message")
def text_message(_: Request) -> tuple[str, str]:
    """Body and content type."""
    return "Hello world!", "text/plain"


@app.route("/generator/with/type")
def generator_with_type(req: Request) -> tuple[Iterator[bytes], str, tuple[()]]:
    """Generator, content type, and no headers."""
    return generator_of_bytes(req), "text/plain", ()


@app.route("/hello")
def hello(_: Request) -> tuple[str, str, tuple[str, str], int]:
    """Body, content type, headers and status."""
    return "Hello world!", "text/plain", ("X-Attribute", "hello world"), HTTP_OK


@app.http_state(HTTP_NOT_FOUND)
def not_found(_: Request) -> BaseResponse:
    """What make_response takes, a handler may return."""
    headers = {"Content-Type": "text/plain"}
    return make_response(b"Page not Found", headers=headers, status_code=HTTP_NOT_FOUND)


@app.route("/json")
def send_json(_: Request) -> dict[str, str]:
    """A dict is JSON."""
    return {"msg": "Message", "type": "object"}


@app.route("/list")
def get_list(_: Request) -> list[list[str]]:
    """A list is JSON."""
    return [["key", "value"], ["route", "/list"], ["type", "list"]]


@app.route("/gone")
def gone(_: Request) -> tuple[None, str, None, int]:
    """Nothing, with a status."""
    return None, "", None, HTTP_GONE


# --- response classes --------------------------------------------------------------


@app.route("/teapot")
def teapot(_: Request) -> Response:
    """A response has body, content type, headers and status."""
    return Response("I'm teapot :-)", content_type="text/plain", status_code=418)


@app.route("/write")
def write(_: Request) -> Response:
    """Write appends to the body, and counts Content-Length."""
    response = Response("first\n", "text/plain")
    response.write("second\n")
    return response


@app.route("/text")
def text(_: Request) -> TextResponse:
    """Plain text."""
    return TextResponse("Nazdar")


@app.route("/json/teapot")
def json_teapot(_: Request) -> JSONResponse:
    """JSON from keywords."""
    numbers = list(range(5))
    return JSONResponse(status_code=418, message="I'm teapot :-)", numbers=numbers)


@app.route("/json/generator")
def json_generator(_: Request) -> JSONGeneratorResponse:
    """JSON from keywords, iterables as arrays, sent as a stream."""
    return JSONGeneratorResponse(
        status_code=418, message="I'm teapot :-)", numbers=range(5)
    )


@app.route("/favicon.ico")
def favicon(req: Request) -> FileResponse:
    """A file: type and length are read from the system."""
    return FileResponse(f"{req.document_root}/favicon.ico")


@app.route("/open/file")
def open_file(req: Request) -> FileObjResponse:
    """An open file."""
    return FileObjResponse(Path(req.document_root, "filename").open("rb"))


@app.route("/generator")
def generator(_: Request) -> GeneratorResponse:
    """A stream of bytes."""
    return GeneratorResponse((b"%d\n" % i for i in range(3)), "text/plain")


@app.route("/str/generator")
def str_generator(_: Request) -> StrGeneratorResponse:
    """A stream of text."""
    return StrGeneratorResponse((f"č. {i}\n" for i in range(3)), "text/plain")


@app.route("/no/content")
def no_content(_: Request) -> NoContentResponse:
    """Nothing: 204."""
    return NoContentResponse()


@app.route("/old/url")
def old_url(_: Request) -> RedirectResponse:
    """Elsewhere, and for good."""
    return RedirectResponse("/new/url", True)


@app.route("/static/filename")
def static_url(req: Request) -> BaseResponse:
    """A file, unless the client has it already."""
    path = f"{req.document_root}/filename"
    last_modified = int(os.path.getctime(path))  # noqa: PTH205 - as described
    digest = md5(last_modified.to_bytes(4, "big"), usedforsecurity=False).digest()
    etag = f'W/"{urlsafe_b64encode(digest).decode()}"'

    if etag == req.headers.get("If-None-Match"):
        return NotModifiedResponse(etag=etag)
    if "If-Modified-Since" in req.headers:
        if_modified = http_to_time(req.headers["If-Modified-Since"])
        if last_modified <= if_modified:
            return NotModifiedResponse(date=time_to_http())
    return FileResponse(path, headers={"ETag": etag})


# --- partial content ---------------------------------------------------------------


@app.route("/last/100/bytes")
def last_bytes(_: Request) -> Response:
    """Take a part of a response."""
    response = Response(os.urandom(1000))
    ranges: Any = {None, 100}  # the last hundred
    response.make_partial(ranges)
    return response


@app.route("/var/log/messages")
def messages(req: Request) -> FileResponse:
    """Return parts defined in the Range header."""
    response = FileResponse(f"{req.document_root}/filename")
    if "Range" in req.headers:
        ranges = parse_range(req.headers["Range"])
        if "bytes" in ranges:
            response.make_partial(ranges["bytes"])
    return response


@app.route("/some/range")
def some_range(_: Request) -> PartialResponse:
    """Return 100 unicodes with the right Content-Range header."""
    letters = "".join(random.choices("ěščřžýáíé", k=100))  # noqa: S311 - no secret
    response = PartialResponse(letters)
    ranges: Any = {100, 199}
    response.make_range(ranges, "unicodes", 200)
    return response
