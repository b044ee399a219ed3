"""What PoorWSGI can do, one thing at a time; the index page links it all.

Run it on the embedded server, or give ``simple:app`` to any WSGI server::

    python examples/simple.py [host:port]
    gunicorn --chdir examples simple:app

Variables of the environment: ``poor_Debug`` and the other ``poor_*`` belong to the
framework; ``app_upload`` (directory for uploads) and ``app_maintenance`` (not empty:
all is answered 503) are this application's own.
"""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import time
from typing import Any, NoReturn
from uuid import UUID

from launch import launch
from look import ICON, Look, commands, links, page, table
from simple_form import ROUTES as FORM_ROUTES
from simple_form import UPLOADS, parse_form
from simple_index import COMMANDS, INDEX
from simple_ranges import ROUTES as RANGE_ROUTES

from poorwsgi import Application, abort, make_response, redirect, state
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import (
    BaseResponse,
    FileResponse,
    GeneratorResponse,
    HTTPException,
    JSONGeneratorResponse,
    NoContentResponse,
    Response,
    StrGeneratorResponse,
)
from poorwsgi.results import hbytes, not_modified

log = logging.getLogger("simple")

HERE = Path(__file__).resolve().parent
ETAG = '"written-by-hand"'

app = application = Application("simple")
app.debug = True
app.document_root = HERE / "public"
app.document_index = True
app.auto_form = False  # parse_form does it
app.max_content_length = 64 * 1024 * 1024
app.set_filter("email", r"[\w.+-]+@[\w-]+\.[\w.-]+", str.lower)
app.install(Look(__file__))

OPTIONS = app.get_options()
STREAMS = {"started": 0, "closed": 0}

# --- before and after each answer ------------------------------------------------


@app.before_response()
def log_request(req: Request) -> None:
    """Log the headers, and the body when there is a small one."""
    log.info("%s %s from %s", req.method, req.full_path, req.remote_addr)
    log.debug("Headers: %s", req.headers)
    if req.is_body_request:
        log.debug("Body: %.100r", req.data)


@app.before_response()
def check_maintenance(_: Request) -> None:
    """Answer nothing but 503 during maintenance."""
    if OPTIONS.get("maintenance"):
        abort(state.HTTP_SERVICE_UNAVAILABLE, error="Back in a minute.")


app.add_before_response(parse_form)


@app.after_response()
def add_timing(req: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Add to each answer, also of a failure, how long it took."""
    duration = (time() - req.start_time) * 1000
    response.headers["Server-Timing"] = f"app;dur={duration:.2f}"
    return response


# --- pages -----------------------------------------------------------------------


@app.route("/")
def index(req: Request) -> str:
    """Demonstrations of PoorWSGI.

    Each page shows one thing. Its handler in the source is as short as it can be.
    """
    return page(req, links(INDEX) + commands(req, COMMANDS))


# --- routes ----------------------------------------------------------------------


# The first pattern that matches wins, and decorators run from the last one up.
@app.route("/values/<value:word>")
@app.route("/values/<value:email>")
@app.route("/values/<value:uuid>")
@app.route("/values/<value:float>")
@app.route("/values/<value:int>")
@app.route("/values")
def show_value(req: Request, value: str | float | UUID | None = None) -> str:
    """One handler for several routes.

    Each route has another filter, which converts the value in the path.
    """
    return page(req, table([("value", repr(value)), ("type", type(value).__name__)]))


@app.route("/anything/<variable:re:.*>")
def show_rest(req: Request, variable: str) -> str:
    """An inline regular expression.

    It takes the rest of the path, with its slashes.
    """
    return page(req, table([("variable", variable)]))


@app.route("/triple/<first>/<second>/<third>")
def show_groups(req: Request, *args: str) -> str:
    """Groups by their position, and by name.

    The handler takes all of them in args; req.path_args has their names.
    """
    return page(req, table([("args", args), *req.path_args.items()]))


@app.regular_route(r"/sum/(?P<first>\d+)\+(?P<second>\d+)\Z")
def show_sum(req: Request, first: str, second: str) -> str:
    """A route by a regular expression.

    Its groups are text, as nothing says how to convert them.
    """
    return page(req, table([(f"{first} + {second}", int(first) + int(second))]))


@app.route("/příklad")
def show_unicode(req: Request) -> str:
    """A path that is not ASCII."""
    return page(req, table([("path", req.path), ("url", req.construct_url(req.path))]))


# --- requests --------------------------------------------------------------------


@app.route("/request")
def show_request(req: Request) -> str:
    """What a request says."""
    names = "method path query hostname scheme remote_addr mime_type accept_language"
    rows = [(f"req.{name}", getattr(req, name)) for name in names.split()]
    return page(req, table(rows) + "<h2>Headers</h2>" + table(req.headers.items()))


@app.route("/cookies")
def count_visits(req: Request) -> Response:
    """Cookies in both directions.

    Reload the page to be counted again.
    """
    cookie = req.cookies.get("visits")
    visits = int(cookie.value) + 1 if cookie else 1
    response = Response(page(req, table([("visits", visits)])))
    response.set_cookie("visits", str(visits), max_age=3600, same_site="Lax")
    return response


def blocks(req: Request) -> Iterator[bytes]:
    """Read the body piece by piece, however it comes.

    Raises:
        HTTPException: 400 or 408, when it ended early.
    """
    yield from iter(partial(req.read, 65536), b"")
    req.read()  # nothing is left, unless something is missing


@app.route("/upload")
def show_uploads(req: Request) -> str:
    """The body of POST and PUT, taken as it comes.

    It is read in blocks, so its size doesn't matter.
    """
    files = sorted(UPLOADS.iterdir()) if UPLOADS.is_dir() else []
    sizes = {path.name: hbytes(path.stat().st_size) for path in files}
    form = """<form method="post" enctype="text/plain">
<label>Text <textarea name="text" rows="4"></textarea></label>
<button>Send</button>
</form>"""
    rows = [(name, f"{size:.0f} {unit}B") for name, (size, unit) in sizes.items()]
    return page(req, form + table(rows))


@app.route("/upload", state.METHOD_POST)
def count_bytes(req: Request) -> str:
    """A body that has been read."""
    return page(req, table([("bytes", sum(map(len, blocks(req))))]))


@app.route(r"/upload/<name:re:\w[\w.-]*>", state.METHOD_PUT)
def save_upload(req: Request, name: str) -> Any:
    """Save the body under a new name; the pattern keeps names harmless."""
    UPLOADS.mkdir(exist_ok=True)
    file = (UPLOADS / name).open("xb")
    try:
        with file:
            size = sum(map(file.write, blocks(req)))
    except BaseException:
        (UPLOADS / name).unlink()
        raise
    return make_response({"name": name, "size": size}, status_code=state.HTTP_CREATED)


@app.route(r"/upload/<name:re:\w[\w.-]*>")
def send_upload(_: Request, name: str) -> FileResponse:
    """Give a file back, to be saved: a browser must not run what anybody sent."""
    if not (UPLOADS / name).is_file():
        abort(state.HTTP_NOT_FOUND)
    response = FileResponse(UPLOADS / name, "application/octet-stream")
    response.add_header("Content-Disposition", "attachment", filename=name)
    return response


# --- answers ---------------------------------------------------------------------


@app.route("/text")
def send_text(_: Request) -> tuple[str, str]:
    """Text with its content type."""
    return "Plain text, in UTF-8: příliš žluťoučký kůň.\n", "text/plain; charset=utf-8"


@app.route("/picture")
def send_picture(_: Request) -> tuple[bytes, str, dict[str, str]]:
    """Bytes with content type and headers."""
    return ICON, "image/svg+xml", {"Cache-Control": "max-age=60"}


@app.route("/json")
def send_json(_: Request) -> dict[str, Any]:
    """A dict is sent as JSON, a list too."""
    return {"framework": "PoorWSGI", "numbers": [1, 2, 3]}


@app.route("/json/stream")
def stream_json(_: Request) -> JSONGeneratorResponse:
    """JSON that never is in memory: any iterable is an array."""
    return JSONGeneratorResponse(squares=(n * n for n in range(10_000)))


@app.route("/write")
def write_lines(req: Request) -> BaseResponse:
    """Write a response line by line, with an entity tag of our own."""
    if req.headers.get("If-None-Match") == ETAG:
        return not_modified(req)
    response = Response(content_type="text/plain", headers={"ETag": ETAG})
    for number in range(1, 11):
        response.write(f"line {number}\n")
    return response


@app.route("/yield")
def yield_lines(_: Request) -> Iterator[bytes]:
    """A handler that is a generator."""
    for number in range(1, 11):
        yield b"<p>line %d</p>\n" % number


@app.route("/yield", state.METHOD_POST)
def read_chunks(req: Request) -> NoContentResponse:
    """The same path by another method: it reads what comes in chunks."""
    sizes = list(map(len, iter(req.read_chunk, b"")))
    response = NoContentResponse(status_code=state.HTTP_OK)
    response.add_header("X-Received", f"{sum(sizes)} bytes")
    return response


@app.route("/generator")
def send_generator(_: Request) -> GeneratorResponse:
    """A generator whose length is known."""
    lines = (b"line %2d\n" % number for number in range(10, 20))
    return GeneratorResponse(lines, "text/plain", content_length=80)


@app.route("/lines")
def send_lines(_: Request) -> StrGeneratorResponse:
    """A generator of text, which is encoded as UTF-8."""
    words = ("good day\n", "dobrý den\n", "καλημέρα\n", "こんにちは\n")
    return StrGeneratorResponse(iter(words), "text/plain; charset=utf-8")


@app.route("/stream/<count:int>")
def send_stream(_: Request, count: int) -> tuple[Iterator[bytes], str]:
    """Many blocks; the server closes the generator when the client leaves."""

    def generate() -> Iterator[bytes]:
        STREAMS["started"] += 1
        try:
            for number in range(count):
                yield bytes([number % 256]) * 65536
        finally:
            STREAMS["closed"] += 1

    return generate(), "application/octet-stream"


@app.route("/stream/closed")
def count_streams(_: Request) -> dict[str, int]:
    """How many streams this process has started and closed."""
    return dict(STREAMS)


@app.route("/none")
def send_nothing(_: Request) -> None:
    """No value is 204 No Content."""


@app.route("/no-content")
def send_no_content(_: Request) -> NoContentResponse:
    """204 No Content with a header."""
    response = NoContentResponse()
    response.add_header("X-Reason", "nothing to say")
    return response


@app.route("/redirect")
def go_home(req: Request) -> NoReturn:
    """Send the client elsewhere; it works at any depth."""
    redirect(f"{req.environ.get('SCRIPT_NAME', '')}/", message="It is over there.")


@app.route("/teapot")
def send_teapot(_: Request) -> tuple[str, str, dict[str, str], int]:
    """Body, content type, headers and status."""
    return "I'm a teapot.\n", "text/plain", {"X-Tea": "oolong"}, 418


# --- forms, files and ranges: handlers of other modules, by tables -----------------

for path, handler in RANGE_ROUTES.items():
    app.set_route(path, handler)
for path, handler in FORM_ROUTES.items():
    app.set_route(path, handler, state.METHOD_GET_POST)


# --- failures --------------------------------------------------------------------


class NoSuchColour(ValueError):
    """One of the errors that this application knows."""


@app.error_handler(ValueError)
def handle_value_error(req: SimpleRequest, error: ValueError) -> NoReturn:
    """Say that the client is to blame."""
    log.info("%s: %s", req.path, error)
    raise HTTPException(state.HTTP_BAD_REQUEST, error=error)


@app.error_handler(FileExistsError, state.METHOD_ALL)
def handle_existing_file(_: SimpleRequest, error: FileExistsError) -> NoReturn:
    """Refuse an upload whose name is taken."""
    name = Path(error.filename).name
    raise HTTPException(state.HTTP_CONFLICT, error=f"There is a file {name} already.")


@app.http_state(state.HTTP_NOT_FOUND)
def not_found(req: SimpleRequest) -> Response:
    """Nothing here.

    This page is the application's own.
    """
    rows = [("req.uri", req.uri), ("req.hostname", req.hostname)]
    rows += [("req.construct_url('/')", req.construct_url("/"))]
    return Response(page(req, table(rows)), status_code=state.HTTP_NOT_FOUND)


@app.route("/error/<code:int>")
def stop_with_status(_: Request, code: int) -> NoReturn:
    """Stop with a status; the framework has a page for each."""
    raise HTTPException(code)


@app.route("/error/value")
def fail_with_value(_: Request) -> NoReturn:
    """Raise what the application has a handler for."""
    raise NoSuchColour("octarine is no colour")


@app.route("/error/crash")
def crash(_: Request) -> NoReturn:
    """Raise what nobody expects."""
    raise RuntimeError("This was meant to happen.")


if __name__ == "__main__":
    launch(app)
