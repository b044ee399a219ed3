"""Large uploads: whatever their size, little memory is used.

::

    python examples/large_file.py [host:port]
    gunicorn --chdir examples --threads 4 large_file:app
"""

import tempfile
from collections.abc import Callable
from hashlib import sha256
from time import time
from typing import IO

from launch import launch
from look import Look, commands, page, table

from poorwsgi import Application, abort, state
from poorwsgi.fieldstorage import FieldStorage, FieldStorageParser
from poorwsgi.request import Request
from poorwsgi.response import HTTPException
from poorwsgi.results import hbytes

app = application = Application("large_file")
app.auto_form = False  # the handlers parse the form, each with its own files
app.install(Look(__file__))

BLOCK = 1024 * 1024
FORM = """<form method="post" enctype="multipart/form-data">
<label>File <input type="file" name="file"></label>
<button formaction="blackhole">Count</button>
<button formaction="temporary">Store for a moment</button>
</form>"""
COMMANDS = {
    "Make a file of 1 GiB": "truncate -s 1G large.bin",
    "Send it by a form": "curl -F file=@large.bin URL/blackhole",
    "The same, into a temporary file": "curl -F file=@large.bin URL/temporary",
    "Send it as the body": "curl --data-binary @large.bin -H 'Expect:' URL/raw",
}


class Blackhole:
    """A file that keeps nothing of what is written but its size and digest."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        self.digest = sha256()

    def write(self, data: bytes) -> int:
        """Take a piece."""
        self.size += len(data)
        self.digest.update(data)
        return len(data)

    def seek(self, offset: int) -> int:
        """Do nothing: there is nothing to go to."""
        return offset

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


class TemporaryStore(Blackhole):
    """The same with a file behind it, which can be read and then vanishes."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def write(self, data: bytes) -> int:
        """Take a piece, and keep it."""
        self._file.write(data)
        return super().write(data)

    def read(self, size: int = -1) -> bytes:
        """Give a piece back."""
        return self._file.read(size)

    def seek(self, offset: int) -> int:
        """Go to an offset."""
        return self._file.seek(offset)

    def close(self) -> None:
        """Let the file vanish."""
        self._file.close()


def blackhole_factory(req: Request) -> Callable[[str], Blackhole]:
    """Build the callback of one request: it may depend on what that one says."""
    if req.content_length <= 0:
        abort(state.HTTP_LENGTH_REQUIRED, error="The form must have a length")

    def create(filename: str) -> Blackhole:
        return Blackhole(filename)

    return create


def temporary_factory(req: Request) -> Callable[[str], TemporaryStore]:
    """Build a callback that refuses what is larger than a disk should take."""
    if not 0 < req.content_length <= 8 * 1024**3:
        abort(state.HTTP_REQUEST_ENTITY_TOO_LARGE, error="Up to 8 GiB are stored")
    return TemporaryStore


def parse_upload(req: Request, create: Callable[[str], Blackhole]) -> FieldStorage:
    """Parse the form; its file goes where *create* says while it arrives.

    Returns:
        The field of the file, which closes that when it is gone itself.

    Raises:
        HTTPException: 400, the body is not a form with one file.
    """
    parser = FieldStorageParser(req.input, req.headers, file_callback=create)
    form = parser.parse()
    if parser.bytes_read != req.content_length:
        error = f"{parser.bytes_read} of {req.content_length} bytes are a form"
        raise HTTPException(state.HTTP_BAD_REQUEST, error=error)
    fields = [field for field in form.list if field.filename]
    if [field.name for field in fields] != ["file"]:
        raise HTTPException(
            state.HTTP_BAD_REQUEST, error="One field, file, is asked for"
        )
    return fields[0]


def report(req: Request, size: int, digest: str) -> str:
    """Tell what has arrived."""
    duration = time() - req.start_time
    rows = [
        ("size", "{:.1f} {}B".format(*hbytes(size))),
        ("bytes", size),
        ("sha256", digest),
        ("speed", "{:.1f} {}B/s".format(*hbytes(size / duration))),
    ]
    return page(req, FORM + table(rows))


@app.route("/")
def index(req: Request) -> str:
    """Large files.

    An upload is passed on while it arrives: to a blackhole, which counts it, or to a
    temporary file. Memory doesn't grow with the size of the file.
    """
    return page(req, FORM + commands(req, COMMANDS))


@app.route("/blackhole", state.METHOD_POST)
def count(req: Request) -> str:
    """Counted.

    Nothing of the file was kept.
    """
    hole: Blackhole = parse_upload(req, blackhole_factory(req)).file
    return report(req, hole.size, hole.digest.hexdigest())


@app.route("/temporary", state.METHOD_POST)
def store(req: Request) -> str:
    """Stored for a moment.

    The file was written, read again for this digest, and has vanished.
    """
    digest = sha256()
    with parse_upload(req, temporary_factory(req)) as field:
        file: TemporaryStore = field.file
        while block := file.read(BLOCK):
            digest.update(block)
    return report(req, file.size, digest.hexdigest())


@app.route("/raw", state.METHOD_POST)
def read_raw(req: Request) -> str:
    """Read in blocks.

    The body is no form: it was read a megabyte at a time.
    """
    size, digest = 0, sha256()
    while block := req.read(BLOCK):
        size += len(block)
        digest.update(block)
    if not size or not req.is_body_complete:
        raise HTTPException(state.HTTP_BAD_REQUEST, error="No body, or not all of it")
    return report(req, size, digest.hexdigest())


if __name__ == "__main__":
    launch(app)
