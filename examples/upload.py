"""An upload page: progress while files go up, and a list of what arrived.

Run it on the embedded server, or give ``upload:app`` to a WSGI server that has one
process, as the list is in its memory::

    python examples/upload.py [host:port]
    gunicorn --chdir examples --threads 8 upload:app

The parts of a form are written down while they arrive, so that a file of any size
needs neither memory nor a second copy.  The page needs no script; with it, several
files go up side by side, each with its progress.

Variables of the environment: ``app_upload`` (folder for the files, else a temporary
one that ends with the process) and ``app_upload_limit`` (most bytes of a request).
"""

import logging
import re
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import BinaryIO

from poorwsgi import Application, abort, redirect, state
from poorwsgi.request import CachedInput, Request, SimpleRequest
from poorwsgi.response import (
    BaseResponse,
    FileResponse,
    HTTPException,
    JSONResponse,
    Response,
)
from poorwsgi.results import html_escape
from poorwsgi_core.server import run
from poorwsgi_forms import Part

log = logging.getLogger("upload")

HERE = Path(__file__).resolve().parent
PAGE = Template((HERE / "upload_page.html").read_text("utf-8"))
ROW = Template("""<li>
<a class="name" href="$link" download>$name</a> <span class="size">$size_text</span>
<code title="SHA-256">$sha256</code> <time>$time</time>
</li>""")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAX_FILES = 20
MAX_NAME = 100

app = application = Application("upload")
OPTIONS = app.get_options()
LIMIT = int(OPTIONS.get("upload_limit", 2_000_000_000))
TEMPORARY = TemporaryDirectory(prefix="upload-")
FOLDER = Path(OPTIONS.get("upload", TEMPORARY.name))
FOLDER.mkdir(parents=True, exist_ok=True)

app.max_content_length = LIMIT
app.max_form_files = MAX_FILES
app.document_root = str(HERE / "upload_static")


@dataclass(frozen=True)
class Arrival:
    """A file that arrived whole.

    Attributes:
        name: of the file in the folder.
        size: in bytes.
        sha256: checksum in hexadecimal.
        size_text: the size for people.
        time: when it was complete.
        link: where it can be had.
    """

    name: str
    size: int
    sha256: str
    size_text: str
    time: str
    link: str


ARRIVED: dict[str, Arrival] = {}


def format_size(size: float) -> str:
    """Write a number of bytes for people; upload_static/script.js does the same."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size:.0f} bytes"
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size / 1000:.1f}".removesuffix(".0") + " GB"


# --- from the part to the folder --------------------------------------------------


def open_new(filename: str) -> BinaryIO:
    """Open a new file of this name, with a number behind it when it is taken."""
    # It is a base name already, but still the client's: keep what all systems take.
    name = re.sub(r"[^\w.,+() -]", "_", filename)[-MAX_NAME:].lstrip(". -") or "file"
    stem, dot, suffix = name.rpartition(".")
    stem, suffix = (stem, dot + suffix) if stem else (name, "")
    for number in range(1, 1000):
        path = FOLDER / (name if number == 1 else f"{stem} ({number}){suffix}")
        with suppress(FileExistsError):
            return path.open("xb")
    error = f"There are too many files named {name}."
    raise HTTPException(state.HTTP_CONFLICT, error=error)


def save(part: Part, filename: str) -> Arrival:
    """Write the content of a part down while it comes; all of it, or nothing."""
    digest, size = sha256(), 0
    file = open_new(filename)
    path = Path(file.name)
    try:
        with file:
            for chunk in part:
                digest.update(chunk)
                size += file.write(chunk)
    except BaseException:
        path.unlink()
        raise
    arrival = Arrival(
        name=path.name,
        size=size,
        sha256=digest.hexdigest(),
        size_text=format_size(size),
        time=f"{datetime.now():%H:%M}",  # noqa: DTZ005 - for people here
        link=f"/files/{path.name}",
    )
    ARRIVED[path.name] = arrival
    log.info("%s: %s bytes", path.name, size)
    return arrival


# --- pages -----------------------------------------------------------------------


def build_page(error: str = "") -> str:
    """Put the page together."""
    arrived = list(ARRIVED.values())
    rows = (
        ROW.substitute({k: html_escape(str(v)) for k, v in asdict(each).items()})
        for each in reversed(arrived)
    )
    return PAGE.substitute(
        error=f'<p class="error" role="alert">{html_escape(error)}</p>' * bool(error),
        limit=LIMIT,
        limit_text=format_size(LIMIT),
        max_files=MAX_FILES,
        rows="\n".join(rows),
    )


@app.route("/")
def show(_: Request) -> str:
    """Show the form and what arrived."""
    return build_page()


@app.route("/", state.METHOD_POST)
def upload(req: Request) -> JSONResponse:
    """Take the files of a form; a script gets JSON, a form goes back to the page."""
    files = [
        save(part, part.filename)
        for part in req.form_parts()
        if part.filename is not None
    ]
    if not files:
        abort(state.HTTP_BAD_REQUEST, error="No file was chosen.")
    if not req.accept_json:
        redirect("/", 303)
    return JSONResponse(files=[asdict(file) for file in files], status_code=201)


@app.route("/files/<name:re:[^/]+>")
def send(_: Request, name: str) -> FileResponse:
    """Give a file back, to be saved: a browser must not run what anybody sent."""
    if name not in ARRIVED:
        abort(state.HTTP_NOT_FOUND)
    response = FileResponse(str(FOLDER / name), "application/octet-stream")
    response.add_header("Content-Disposition", "attachment", filename=name)
    return response


@app.after_response()
def protect(_: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Let the page load nothing but what belongs to it."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


# --- refusals --------------------------------------------------------------------


def skip_body(req: SimpleRequest) -> None:
    """Read on for a while: a browser that still sends would not see the answer."""
    if not isinstance(req, Request):
        return
    raw, size = req.environ["wsgi.input"], req.content_length
    try:
        source = req.input
    except HTTPException:
        source = CachedInput(raw, size)  # over the limit, so nothing has been read
    try:
        for _ in islice(source, 4096):
            pass
    except HTTPException as error:
        log.info("The client went away: %s", error)


def refuse(code: int, req: SimpleRequest, error: object = None) -> Response:
    """Say why nothing was taken, in JSON to the script and else on the page."""
    text = str(error or state.phrases[code])
    if code == state.HTTP_REQUEST_ENTITY_TOO_LARGE:
        skip_body(req)
    if isinstance(req, Request) and req.accept_json:
        return JSONResponse(error=text, status_code=code)
    return Response(build_page(text), status_code=code)


for status in (400, 404, 408, 409, 411, 413, 415, 431):
    app.set_http_state(status, partial(refuse, status), state.METHOD_ALL)


def main(arguments: list[str]) -> None:
    """Serve on the address that is given, or on 127.0.0.1:8080."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    FOLDER.mkdir(parents=True, exist_ok=True)
    log.info("Files go to %s", FOLDER)
    host, _, port = (arguments or ["127.0.0.1:8080"])[0].rpartition(":")
    run(app, host or "127.0.0.1", int(port))


if __name__ == "__main__":
    main(sys.argv[1:])
