"""Files and ranges: what is sent in part, or not at all.

The handlers know no application; ROUTES says which path leads to which.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from poorwsgi.headers import http_to_time, parse_range, time_to_http
from poorwsgi.request import Request
from poorwsgi.response import (
    BaseResponse,
    FileObjResponse,
    FileResponse,
    GeneratorResponse,
    HTTPException,
    NotModifiedResponse,
    PartialResponse,
    Response,
)

__all__ = ["ROUTES"]

HERE = Path(__file__).resolve().parent
LETTERS = "abcdefghijklmnopqrstuvwxyzěščřžýáíéúůďťň"


def send_file(req: Request) -> BaseResponse:
    """Answer conditions by hand; FileResponse does it by itself otherwise."""
    path = HERE / "public" / "static" / "hello.txt"
    modified = int(path.stat().st_mtime)
    etag = f'W/"{modified:x}"'
    if req.headers.get("If-None-Match") == etag:
        return NotModifiedResponse(etag=etag)
    since = req.headers.get("If-Modified-Since")
    if since and modified <= http_to_time(since):
        return NotModifiedResponse(date=time_to_http())
    return FileResponse(path, headers={"ETag": etag})


def send_file_object(_: Request) -> FileObjResponse:
    """An open file; the response closes it."""
    return FileObjResponse((HERE / "look.css").open("rb"), "text/css")


def wanted(req: Request, unit: str = "bytes") -> list[tuple[int | None, int | None]]:
    """Ranges of the Range header in one unit."""
    return parse_range(req.headers.get("Range", "")).get(unit, [])


def send_part_of_file(req: Request) -> FileResponse:
    """The bytes of a file that the client asks for, all of them if for none."""
    response = FileResponse(HERE / "public" / "static" / "hello.txt")
    response.make_partial(wanted(req))
    return response


def send_part_of_generator(req: Request) -> GeneratorResponse:
    """A part of what a generator makes."""
    lines = (b"line %d\n" % number for number in range(10))
    response = GeneratorResponse(lines, "text/plain", content_length=70)
    response.make_partial(wanted(req))
    return response


def send_letters(req: Request) -> BaseResponse:
    """A range in a unit of our own, which we cut ourselves."""
    kind = "text/plain; charset=utf-8"
    ranges = wanted(req, "unicodes")
    if not ranges:
        return Response(LETTERS, kind, {"Accept-Ranges": "unicodes"})
    first, last = ranges[0]
    first, last = first or 0, min(last or 0, len(LETTERS) - 1)
    response = PartialResponse(LETTERS[first : last + 1], kind)
    response.make_range({(first, last)}, "unicodes", len(LETTERS))
    return response


def send_part_of_nothing(req: Request) -> Response:
    """There is no part of an empty body: 416 for each range."""
    response = Response()
    response.make_partial(wanted(req))
    return response


def stop_with_response(_: Request) -> NoReturn:
    """An exception can carry any response."""
    raise HTTPException(NotModifiedResponse(etag='"any"'))


ROUTES: dict[str, Callable[[Request], Any]] = {
    "/file": send_file,
    "/file/object": send_file_object,
    "/range/file": send_part_of_file,
    "/range/generator": send_part_of_generator,
    "/range/unicodes": send_letters,
    "/range/empty": send_part_of_nothing,
    "/not-modified": stop_with_response,
}
