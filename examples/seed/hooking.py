"""Handlers before and after each response: the description's examples.

The output filter is what it leaves open.
"""

import gzip

from poorwsgi import Application
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import BaseResponse, Response

app = Application("hooking")
SEEN: list[str] = []
SMALL = 256


@app.before_response()
def before_each_response(request: Request) -> None:
    """Run before the handler."""
    SEEN.append(f"before {request.path}")


@app.after_response()
def after_each_response(request: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Run after the handler, and after a handler of errors."""
    SEEN.append(f"after {request.path}: {response.status_code}")
    return response


@app.after_response()
def compress(request: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Compress text for clients that take it: an output filter."""
    if not isinstance(request, Request) or not isinstance(response, Response):
        return response
    if not response.content_type.startswith("text/"):
        return response
    response.headers["Vary"] = "Accept-Encoding"
    accepted = [name for name, quality in request.accept_encoding if quality > 0]
    if "gzip" not in accepted or len(response.data) < SMALL:
        return response
    compressed = Response(
        gzip.compress(response.data),
        response.content_type,
        status_code=response.status_code,
    )
    compressed.headers["Content-Encoding"] = "gzip"
    compressed.headers["Vary"] = "Accept-Encoding"
    response.close()
    return compressed


@app.route("/long")
def long_text(_: Request) -> tuple[str, str]:
    """Say something that is worth compressing."""
    return "all work and no play\n" * 100, "text/plain"


@app.route("/crash")
def crash(_: Request) -> float:
    """Fail."""
    return 1 / 0
