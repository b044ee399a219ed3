"""JSON in and out: bodies that are parsed, answers that are encoded or streamed.

::

    python examples/simple_json.py [host:port]
    gunicorn --chdir examples simple_json:app

With ``PROFILE`` in the environment each request is profiled, into a file
``req_METHOD_path.TIME.profile`` of the working directory.
"""

import cProfile
import json
import os
from collections.abc import Iterator
from time import time
from typing import Any

from launch import launch
from look import Look, commands, links, page

from poorwsgi import Application, state
from poorwsgi.request import Request, parse_json_request
from poorwsgi.response import JSONGeneratorResponse, JSONResponse

app = application = Application("JSON")
app.install(Look(__file__))

if os.environ.get("PROFILE"):
    app.set_profile(cProfile.runctx, "req")

SEND = state.METHOD_POST | state.METHOD_PUT | state.METHOD_PATCH
TYPE = "-H 'Content-Type: application/json'"
PAGES = {
    "Answers": {
        "/dict": "a dict",
        "/list": "a list",
        "/teapot": "status and members of your choice",
        "/unicode": "options of the encoder",
        "/stream": "a stream: iterables are arrays",
        "/request": "what a request says, as text with a content type",
    },
}
COMMANDS = {
    "A body, handed back": f"curl -d '{{\"tea\": [1, 2.5]}}' {TYPE} URL/teapot",
    "The same in chunks": (
        f"curl -d '[1, 2]' {TYPE} -H 'Transfer-Encoding: chunked' URL/chunks"
    ),
    "Bad JSON is answered 400": f"curl -i -d '{{\"tea\": ' {TYPE} URL/teapot",
}


@app.route("/")
def index(req: Request) -> str:
    """JSON.

    A dict or a list is sent as JSON, and a JSON body is at hand as req.json.
    """
    return page(req, links(PAGES) + commands(req, COMMANDS))


@app.route("/dict")
def send_dict(req: Request) -> dict[str, Any]:
    """Send a dict; the time is when the request came."""
    return {"route": req.path, "type": "dict", "start_time": req.start_time}


@app.route("/list")
def send_list(_: Request) -> list[list[str]]:
    """Send a list."""
    return [["key", "value"], ["route", "/list"], ["type", "list"]]


@app.route("/teapot", state.METHOD_GET | SEND)
def send_teapot(req: Request) -> JSONResponse:
    """Give the status, and what was sent: ``{}`` without a JSON body."""
    return JSONResponse(
        status_code=418, message="I'm a teapot", numbers=[0, 1, 2], request=req.json
    )


@app.route("/chunks", SEND)
def parse_chunks(req: Request) -> JSONResponse:
    """Take chunks one by one, and parse them together."""
    read = req.read_chunk if req.is_chunked else req.read
    blocks = list(iter(read, b""))
    value = parse_json_request(b"".join(blocks), req.charset)
    return JSONResponse(blocks=[len(block) for block in blocks], value=value)


@app.route("/unicode")
def send_unicode(_: Request) -> JSONResponse:
    """Leave letters as they are; the encoder escapes them otherwise."""
    options = {"ensure_ascii": False, "indent": 2}
    return JSONResponse({"kůň": "🐎", "pes": "🐕"}, encoder_kwargs=options)


@app.route("/stream")
def stream(req: Request) -> JSONGeneratorResponse:
    """Encode while sending: neither array is ever in memory."""

    def waiting_times() -> Iterator[float]:
        for _ in range(3):
            yield round(time() - req.start_time, 6)

    return JSONGeneratorResponse(numbers=range(100_000), times=waiting_times())


@app.route("/request", state.METHOD_GET | SEND)
def show_request(req: Request) -> tuple[str, str]:
    """Tell what the headers say; the tuples become arrays."""
    names = (
        *("accept", "accept_charset", "accept_encoding", "accept_language"),
        *("accept_html", "accept_xhtml", "accept_json", "is_xhr"),
        *("mime_type", "charset", "content_length", "hostname"),
    )
    values = {name: getattr(req, name) for name in names}
    return json.dumps(values, indent=2), "application/json"


if __name__ == "__main__":
    launch(app)
