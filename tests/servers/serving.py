"""Servers for the tests: how each is started, and what it does differently.

KINDS is the one table of differences.  ``run_server`` starts a server on a free port
of 127.0.0.1; ``Connection`` speaks HTTP/1.1 by hand, so that a test sees just the
bytes that a server sends.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import apache

__all__ = [
    "KINDS",
    "MOUNTED",
    "Connection",
    "Kind",
    "Reply",
    "Server",
    "find_port",
    "is_there",
    "run_process",
    "run_server",
]

_ROOT = Path(__file__).resolve().parents[2]
_PATHS = [str(Path(__file__).parent), str(_ROOT / "examples")]
_PATIENCE = 15.0
_PYTHON = sys.executable
_UWSGI = "import pyuwsgi, sys; pyuwsgi.run(sys.argv[1:])"


@dataclass(frozen=True)
class Place:
    """Where a server runs, and what it serves.

    Attributes:
        port: port of 127.0.0.1.
        folder: its working directory.
        application: ``module:name``.
    """

    port: int
    folder: Path
    application: str


def _uwsgi(place: Place) -> list[str]:
    return [*_build_uwsgi(place.port), "--module", place.application]


def _mounted_uwsgi(place: Place) -> list[str]:
    mount = f"--mount /app={place.application} --manage-script-name"
    return [*_build_uwsgi(place.port), *mount.split()]


def _build_uwsgi(port: int) -> list[str]:
    program = [_PYTHON, "-c", _UWSGI]
    if find_spec("pyuwsgi") is None:
        program = [shutil.which("uwsgi") or "uwsgi"]
    options = f"--http11-socket 127.0.0.1:{port} --master --threads 4"
    more = "--die-on-term --socket-timeout 1 --need-app"
    return [*program, *options.split(), *more.split()]


def _gunicorn(options: str = "") -> Callable[[Place], list[str]]:
    more = "--env poor_Debug=On --timeout 2 --no-control-socket"
    return _module(f"gunicorn --bind 127.0.0.1:{{port}} {more} {options} {{name}}")


def _module(text: str) -> Callable[[Place], list[str]]:
    def build(place: Place) -> list[str]:
        line = text.format(port=place.port, name=place.application)
        return [_PYTHON, "-m", *line.split()]

    return build


def _wsgiref(place: Place) -> list[str]:
    return [_PYTHON, f"{_PATHS[0]}/served.py", str(place.port)]


def _apache(place: Place) -> list[str]:
    module = place.application.partition(":")[0]
    return apache.build_command(place.port, place.folder, module, _PATHS)


@dataclass(frozen=True)
class Kind:
    """One way to serve, and what is to be expected of it.

    Attributes:
        command: from a place to the command line.
        package: what has to be installed, none for the standard library.
        debug: whether poor_Debug is given through the process's environment.
        file_wrapper: whether the server offers ``wsgi.file_wrapper``.
        sends_files: whether that one is used, because it minds Content-Length.
        terminated: whether it offers ``wsgi.input_terminated`` without a body.
        unframed: how a body of unknown length ends.
        tells_cut: whether a client can tell a stream that broke off from a whole one.
        after_head: what it sends after the head of an unframed answer to HEAD.
        keep_alive: answers after which the connection serves another request.
        slow: statuses for a body that stalls, 0 for a closed connection; empty
            when the server waits as long as the client does.
        garbage: statuses for what is no request; 0 as above.
    """

    command: Callable[[Place], list[str]]
    package: str = ""
    debug: bool = True
    file_wrapper: bool = True
    sends_files: bool = True
    terminated: bool = True
    unframed: str = "chunked"
    tells_cut: bool = True
    after_head: bytes = b""
    keep_alive: frozenset[str] = frozenset({"head", "204", "304", "unframed"})
    slow: frozenset[int] = frozenset()
    garbage: frozenset[int] = frozenset({400})


_NEVER: frozenset[str] = frozenset()

KINDS = {
    "wsgiref": Kind(
        _wsgiref,
        sends_files=False,
        terminated=False,
        unframed="close",
        keep_alive=_NEVER,
        slow=frozenset({408}),
    ),
    "gunicorn-sync": Kind(
        _gunicorn(),
        "gunicorn",
        debug=False,
        keep_alive=_NEVER,
        slow=frozenset({500}),  # the worker is replaced
    ),
    "gunicorn-threads": Kind(_gunicorn("--threads 4"), "gunicorn", debug=False),
    "gunicorn-workers": Kind(
        _gunicorn("--workers 4 --threads 2"), "gunicorn", debug=False
    ),
    "waitress": Kind(
        _module("waitress --listen=127.0.0.1:{port} {name}"),
        "waitress",
        after_head=b"0\r\n\r\n",
        keep_alive=frozenset({"head"}),
    ),
    "uwsgi": Kind(
        _uwsgi,
        "pyuwsgi",
        sends_files=False,
        terminated=False,
        unframed="close",
        keep_alive=frozenset({"head", "204", "304"}),
        slow=frozenset({400}),  # its error doesn't say that it was a timeout
        garbage=frozenset({400, 501}),  # it leaves the answer to the application
    ),
    "granian": Kind(
        _module("granian --interface wsgi --host 127.0.0.1 --port {port} {name}"),
        "granian",
        file_wrapper=False,
        sends_files=False,
    ),
    "cheroot": Kind(
        _module("cheroot --bind 127.0.0.1:{port} --timeout 1 {name}"),
        "cheroot",
        file_wrapper=False,
        sends_files=False,
        terminated=False,  # it is only where a body is chunked
        slow=frozenset({0}),  # it gives the connection up, with our answer
    ),
    "apache": Kind(
        _apache,
        "apache",
        debug=False,
        tells_cut=False,
        slow=frozenset({408}),
    ),
}
"""The table: what differs between servers stands here and nowhere else."""


def is_there(kind: Kind) -> bool:
    """Tell whether the server is installed."""
    if kind.package == "apache":
        return apache.find_apache() is not None
    if kind.package == "pyuwsgi" and shutil.which("uwsgi"):
        return True
    return not kind.package or find_spec(kind.package) is not None


MOUNTED = {
    # gunicorn believes this header of nginx, which the configuration sends.
    "gunicorn": Kind(_gunicorn("--threads 4"), "gunicorn"),
    "waitress": Kind(
        _module(
            "waitress --listen=127.0.0.1:{port} --url-prefix=/app "
            "--no-clear-untrusted-proxy-headers {name}"
        ),
        "waitress",
    ),
    "uwsgi": Kind(_mounted_uwsgi, "pyuwsgi"),
}
"""The same below the prefix /app, for a proxy."""


@dataclass
class Reply:
    """One response, as it came."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    head: bytes = field(default=b"", repr=False)


class Connection:
    """One connection of a client that sends what it is told."""

    def __init__(self, port: int, timeout: float = 10.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def request(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Send a request and read its response."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)
        return self.read_reply(method)

    def read_reply(self, method: str = "GET") -> Reply:
        """Read one response with its body.

        Raises:
            ConnectionError: the connection was closed before one.
        """
        reply = self.read_head()
        while reply.status == 100:
            reply = self.read_head()
        if method != "HEAD" and reply.status not in {204, 304}:
            reply.body = self._read_body(reply.headers)
        return reply

    def read_head(self) -> Reply:
        """Read status and headers."""
        lines = list(iter(self._read_line, b"\r\n"))
        pairs = (line.decode("latin-1").partition(":") for line in lines[1:])
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return Reply(int(lines[0].split()[1]), headers, head=b"".join(lines))

    def _read_line(self) -> bytes:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("The connection was closed without an answer")
        return line

    def _read_body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            return b"".join(self._read_chunks())
        if "content-length" in headers:
            return self._file.read(int(headers["content-length"]))
        return self._file.read()

    def _read_chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline(), 16):
            yield self._file.read(size)
            self._file.readline()
        self._file.readline()

    def read(self, size: int) -> bytes:
        """Read so many bytes."""
        return self._file.read(size)

    def read_rest(self) -> bytes:
        """Read until the server closes."""
        return self._file.read()


@dataclass
class Server:
    """A running server."""

    name: str
    kind: Kind
    port: int
    log: Path
    www: Path

    def connect(self, timeout: float = 10.0) -> Connection:
        """Open a connection."""
        return Connection(self.port, timeout)

    def request(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Send one request on a connection of its own."""
        with self.connect() as connection:
            everything = {"Connection": "close", **(headers or {})}
            return connection.request(path, method, everything, body)


def find_port() -> int:
    """Find a free port of 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _environment(kind: Kind, folder: Path) -> dict[str, str]:
    paths = [*_PATHS, *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "app_upload": str(folder / "upload"),
        "poor_DocumentRoot": str(folder / "www"),
    }
    if kind.debug:
        variables["poor_Debug"] = "On"
    return {**os.environ, **variables}


@contextmanager
def run_server(
    name: str,
    folder: Path,
    application: str = "served:app",
    kinds: Mapping[str, Kind] = KINDS,
    **variables: str,
) -> Generator[Server]:
    """Run a server; its log and the document root are in *folder*.

    Raises:
        RuntimeError: it does not answer in time; the message has its log.
    """
    kind, port, log = kinds[name], find_port(), folder / "server.log"
    command = kind.command(Place(port, folder, application))
    with run_process(command, port, log, _environment(kind, folder) | variables):
        yield Server(name, kind, port, log, folder / "www")


@contextmanager
def run_process(
    command: list[str], port: int, log: Path, environment: Mapping[str, str]
) -> Generator[None]:
    """Run a command in the directory of its log, until the end of the block.

    Raises:
        RuntimeError: it does not answer on *port* in time.
    """
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - commands of the tables above
            command,
            cwd=log.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_until_ready(process, port, log)
            yield
        finally:
            _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with Connection(port, 2) as connection:
                connection.request("/text", headers={"Connection": "close"})
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The server does not answer:\n{log.read_text('utf-8')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
