"""Facts about a connection of the embedded server: limits, refusals, its end."""

import logging
import socket
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from time import monotonic, sleep

import pytest
from wire import exchange, serve

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.server import ThreadingServer, connection
from poorwsgi_core.state import METHOD_POST

pytestmark = pytest.mark.needs("threads")

REQUEST = b"POST / HTTP/1.1\r\nHost: h\r\n"


@pytest.fixture
def server(app: Application) -> Iterator[ThreadingServer]:
    """Serve the application on a free port."""
    with serve(app) as server:
        yield server


@pytest.fixture
def connect(server: ThreadingServer) -> Iterator[Callable[[], socket.socket]]:
    """Return a function that opens a connection, which is closed in the end."""
    sockets: list[socket.socket] = []

    def open_socket() -> socket.socket:
        address = ("127.0.0.1", server.server_port)
        sockets.append(socket.create_connection(address, timeout=10))
        return sockets[-1]

    yield open_socket
    for opened in sockets:
        opened.close()


@pytest.mark.parametrize("size", [1_000_000, 6_000_000, 30_000_000])
def test_refused_upload(app: Application, server: ThreadingServer, size: int) -> None:
    """A client that sends all of a body first sees why it was refused."""
    app.max_content_length = 100_000
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    client = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    client.request("POST", "/", body=bytes(size))
    assert client.getresponse().status == 413
    client.close()


def test_refused_head_before_a_body(server: ThreadingServer) -> None:
    """The same holds for a head that is refused."""
    client = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    client.request("POST", "/", bytes(6_000_000), {"Transfer-Encoding": "gzip"})
    assert client.getresponse().status == 400
    client.close()


@pytest.mark.parametrize(("name", "value"), [("linger_time", 0), ("_MAX_LINGER", 0)])
def test_bounds_of_patience(
    app: Application,
    connect: Callable[[], socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: int,
) -> None:
    """A client that goes on sending is left after a time, and after a size."""
    place = connection.Connection if name == "linger_time" else connection
    monkeypatch.setattr(place, name, value)
    app.set_route("/", lambda _: "answer", METHOD_POST)
    client = connect()
    client.sendall(REQUEST + b"Content-Length: 9\r\n\r\n")
    answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.endswith(b"answer")


def test_silence_after_the_answer(
    app: Application,
    connect: Callable[[], socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client that stays without a word is left too."""
    monkeypatch.setattr(connection.Connection, "linger_time", 0.05)
    app.set_route("/", lambda _: "answer", METHOD_POST)
    client = connect()
    client.sendall(REQUEST + b"Content-Length: 9\r\n\r\n")
    assert b"".join(iter(lambda: client.recv(65536), b"")).endswith(b"answer")


def test_slow_head(
    server: ThreadingServer,
    connect: Callable[[], socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A head that doesn't get ready is 408, and tells so in the log."""
    caplog.set_level(logging.INFO, "poorwsgi")
    monkeypatch.setattr(server.RequestHandlerClass, "timeout", 0.05)
    client = connect()
    client.sendall(b"GET / HTTP/1.1\r\nHost:")
    assert client.recv(65536).startswith(b"HTTP/1.0 408 ")
    assert "the head took too long" in caplog.text


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\n", b"GET / HTTP/1.1\r\nA: b\n"])
def test_line_without_cr(connect: Callable[[], socket.socket], head: bytes) -> None:
    """It is refused at once, for no CR is going to end the head."""
    client = connect()
    client.sendall(head)
    assert client.recv(65536).startswith(b"HTTP/1.0 400 ")


def test_limit_of_the_whole_head(
    connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is one for the whole head, however often a byte comes."""
    times = iter([0.0, 10.0])
    monkeypatch.setattr(connection, "monotonic", lambda: next(times, 99.0))
    monkeypatch.setattr(connection.Connection, "linger_time", 0)
    client = connect()
    client.sendall(b"G")
    assert client.recv(65536).startswith(b"HTTP/1.0 408 ")


def test_continue(app: Application, connect: Callable[[], socket.socket]) -> None:
    """A client that asks whether to send its body is told when it is wanted."""
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    client = connect()
    client.sendall(REQUEST + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"body")
    assert b"".join(iter(lambda: client.recv(65536), b"")).endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize(
    ("version", "fields", "body"),
    [
        (b"1.1", b"Expect: 100-continue\r\nContent-Length: 4\r\n", b"body"),
        (b"1.0", b"Expect: 100-continue\r\nContent-Length: 4\r\n", b"body"),
        (b"1.1", b"Expect: 100-continue\r\n", b""),
        (b"1.1", b"Content-Length: 4\r\n", b"body"),
    ],
)
def test_nobody_waits(
    app: Application,
    server: ThreadingServer,
    version: bytes,
    fields: bytes,
    body: bytes,
) -> None:
    """Where the body is there, or there is none, no interim answer is sent."""
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    head = b"POST / HTTP/%b\r\nHost: h\r\n%b\r\n" % (version, fields)
    answer = exchange(server.server_port, head + body)
    assert answer.startswith(b"HTTP/1.0 200 ")


def test_refused_body_is_not_asked_for(
    app: Application, connect: Callable[[], socket.socket]
) -> None:
    """A client that asks first gets the refusal instead of a wish for the body."""
    app.max_content_length = 3
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    client = connect()
    client.sendall(REQUEST + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert client.recv(65536).startswith(b"HTTP/1.0 413 ")


def test_requests_behind_the_first(app: Application, server: ThreadingServer) -> None:
    """A connection serves one request, whatever stands behind it."""
    seen: list[str] = []

    def answer(_: Request, path: str) -> str:
        seen.append(path)
        return path

    app.set_route("/<path:word>", answer)
    requests = [b"GET /%b HTTP/1.1\r\nHost: h\r\n\r\n" % name for name in (b"a", b"b")]
    exchange(server.server_port, b"".join(requests))
    assert seen == ["a"]


def test_client_that_leaves(
    server: ThreadingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection without a request is no error."""
    caplog.set_level(logging.INFO, "poorwsgi")
    assert exchange(server.server_port, b"") == b""
    assert caplog.messages == ["Connection of 127.0.0.1 lost: the client left"]


def test_client_that_resets(
    app: Application,
    connect: Callable[[], socket.socket],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A connection that is lost while the application answers is no error."""
    reset = b"\1\0\0\0\0\0\0\0"

    def answer(_: Request) -> bytes:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        client.close()
        return bytes(10_000_000)

    caplog.set_level(logging.INFO, "poorwsgi")
    app.set_route("/", answer, METHOD_POST)
    client = connect()
    client.sendall(REQUEST + b"Content-Length: 1\r\n\r\n")
    deadline = monotonic() + 10
    while not caplog.messages and monotonic() < deadline:
        sleep(0.01)
    (record,) = caplog.records
    assert (record.levelno, '"POST / HTTP/1.1" 200' in caplog.text) == (20, True)


def test_refusals_are_logged(
    server: ThreadingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the request and the reason, in one line."""
    caplog.set_level(logging.INFO, "poorwsgi")
    exchange(server.server_port, b"GET /\x1b HTTP/1.1\r\n\r\n")
    (line,) = caplog.messages
    reason = "the first line must be a method, a target and HTTP/1.1"
    assert line == f'127.0.0.1 "GET /\\x1b HTTP/1.1" 400 {len(reason) + 1}: {reason}'


@pytest.mark.parametrize(
    ("method", "content"),
    [(b"GET", b"HTTP/1.1 asks for a Host field\n"), (b"HEAD", b"")],
)
def test_refusal(server: ThreadingServer, method: bytes, content: bytes) -> None:
    """It is a whole answer, which has no content for HEAD."""
    answer = exchange(server.server_port, method + b" / HTTP/1.1\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.splitlines()[1:]]
    expected = b"Date Server Content-Type Content-Length Connection".split()
    assert (names, body) == (expected, content)
    assert b"Content-Length: 31" in head
