"""Facts about bodies that end early, and about chunks on servers that keep them."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import HTTPException, Request
from poorwsgi_core.server import build_server
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client, build_environ

CHUNKED: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked"}
LENGTH = "Content-Length: %d"
WHOLE: dict[str, Callable[[Request], object]] = {
    "data": lambda req: req.data,
    "read": lambda req: req.read(),
    "read_whole": lambda req: req.read_whole("max_size", None),
    "read_chunk": lambda req: [*iter(req.read_chunk, b"")],
    "input.read": lambda req: [*iter(lambda: req.input.read(100), b"")],
    "input.readline": lambda req: [*iter(lambda: req.input.readline(100), b"")],
    "input": lambda req: [*req.input],
}


class Stream(BytesIO):
    """A ``wsgi.input`` that isn't in memory, as far as can be told."""


def cut_request(app: Application, framing: str, kind: type[BytesIO]) -> Request:
    """Build a request whose body ends after 1,000 of 5,000 bytes."""
    variables: dict[str, Any] = {"CONTENT_LENGTH": "5000"}
    body = b"x" * 1000
    if framing != "length":
        body = b"190\r\n%b\r\n190\r\n%b\r\nBB8\r\n%b" % (
            *(b"x" * 400, b"x" * 400),
            b"x" * 200,
        )
        variables = CHUNKED
    environ = build_environ(**variables)
    environ.update({"wsgi.input": kind(body), "REQUEST_STARTTIME": 0.0})
    return Request(environ, app)


def read_blocks(req: Request, size: int) -> bytes:
    """Read as applications do that count by themselves."""
    return b"".join(iter(lambda: req.read(size), b""))


@pytest.fixture(params=["length", "chunks"])
def framing(request: pytest.FixtureRequest) -> str:
    """Give each framing of a body."""
    return str(request.param)


@pytest.fixture(params=[65365, 10])
def limited(app: Application, request: pytest.FixtureRequest) -> Application:
    """Keep bodies in memory, or read them block by block."""
    app.data_size = request.param
    return app


@pytest.mark.parametrize("size", [1, 64, 1000, 5000])
@pytest.mark.parametrize("kind", [BytesIO, Stream])
def test_loop_sees_what_came(
    limited: Application, framing: str, size: int, kind: type[BytesIO]
) -> None:
    """A loop over ``read(n)`` ends, and what stands below it can clean up."""
    req = cut_request(limited, framing, kind)
    assert not req.is_body_complete
    assert read_blocks(req, size) == b"x" * 1000
    assert (req.read(1), req.is_body_complete) == (b"", False)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("begun", [False, True])
def test_cut_body_is_never_whole(
    limited: Application, framing: str, name: str, begun: bool
) -> None:
    """Whatever needs the whole is 400, each time, whatever was read before."""
    req = cut_request(limited, framing, Stream)
    if begun or name == "data":  # of a large body nothing is known before
        assert read_blocks(req, 300) == b"x" * 1000
    for _ in range(2):
        with pytest.raises(HTTPException) as caught:
            WHOLE[name](req)
        assert caught.value.status_code == 400
    assert not req.is_body_complete


@pytest.mark.parametrize(
    ("error", "status"), [(ConnectionResetError("reset"), 400), (TimeoutError(), 408)]
)
@pytest.mark.parametrize("length", ["1000", "100000"])
def test_lost_and_silent_clients(
    app: Application, error: OSError, status: int, length: str
) -> None:
    """However the body broke off, a loop ends, and the whole can't be had."""

    class Broken(Stream):
        def read(self, size: int | None = -1, /) -> bytes:
            raise error

    environ = build_environ(CONTENT_LENGTH=length)
    environ.update({"wsgi.input": Broken(), "REQUEST_STARTTIME": 0.0})
    req = Request(environ, app)
    assert (req.read(10), req.is_body_complete) == (b"", False)
    for _ in range(2):
        with pytest.raises(HTTPException) as caught:
            _ = req.data
        assert caught.value.status_code == status


@pytest.mark.parametrize("size", [10, 100])
def test_complete_bodies(limited: Application, framing: str, size: int) -> None:
    """What was read to its end is complete, and what wasn't is not yet."""
    raw = b"x" * 20 if framing == "length" else b"14\r\n" + b"x" * 20 + b"\r\n0\r\n\r\n"
    variables: dict[str, Any] = (
        {"CONTENT_LENGTH": "20"} if framing == "length" else CHUNKED
    )
    environ = build_environ(**variables)
    environ.update({"wsgi.input": Stream(raw), "REQUEST_STARTTIME": 0.0})
    req = Request(environ, limited)
    assert not req.is_body_complete
    assert (read_blocks(req, size), req.is_body_complete) == (b"x" * 20, True)


# --- chunks of a server that hands them on -------------------------------------------


def chunked_request(app: Application, body: bytes) -> Request:
    """Build a request with raw chunks."""
    environ = build_environ(body=body, CONTENT_LENGTH=None, **CHUNKED)
    environ.update({"wsgi.input": Stream(body), "REQUEST_STARTTIME": 0.0})
    return Request(environ, app)


RAW = b"4;name=value\r\nabcd\r\n0A \r\n0123456789\r\n0\r\nX: y\r\n\r\nNEXT"


@pytest.mark.parametrize("data_size", [14, 13, 0])
def test_chunks_are_read_in_every_way(app: Application, data_size: int) -> None:
    """Raw chunks are a body like others."""
    app.data_size, app.cached_size = data_size, 5
    whole = b"abcd0123456789"
    assert chunked_request(app, RAW).data == (whole if data_size == 14 else None)
    ways: list[Callable[[Request], bytes]] = [
        lambda req: req.read(),
        lambda req: read_blocks(req, 3),
        lambda req: req.read_whole("max_size", 14),
        lambda req: b"".join(req.input),
        lambda req: b"".join(iter(req.read_chunk, b"")),
    ]
    for way in ways:
        req = chunked_request(app, RAW)
        assert (way(req), req.is_body_complete) == (whole, True)
        assert req.environ["wsgi.input"].read() == b"NEXT"


def test_chunk_by_chunk_after_a_look(app: Application) -> None:
    """What was looked at and kept is still there for a loop over chunks."""
    req = chunked_request(app, RAW)
    assert req.read_whole("max_json_size", 100) == req.data
    assert b"".join(iter(req.read_chunk, b"")) == b"abcd0123456789"


def test_large_chunks_after_a_look(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """What is too large to be kept can be looked for, but be read only once."""
    app.data_size = 5
    req = chunked_request(app, RAW)
    assert req.data is None
    assert b"".join(iter(req.read_chunk, b"")) == b"abcd0123456789"
    req = chunked_request(app, RAW)
    assert len(req.read_whole("max_json_size", 100)) == 14
    assert caplog.messages == []
    assert (req.read_chunk(), req.is_body_complete) == (b"", True)
    assert "read before, and is too large" in caplog.text


def test_body_read_in_part_is_no_data(app: Application) -> None:
    """The rest of chunks never passes for all of them."""
    req = chunked_request(app, RAW)
    assert req.read_chunk() == b"abcd"
    assert (req.data, req.is_body_complete) == (None, False)
    assert req.read() == b"0123456789"


# --- real sockets --------------------------------------------------------------------


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002
        """Say nothing."""


def _build_wsgiref(app: Application) -> WSGIServer:
    return make_server("127.0.0.1", 0, app, handler_class=_Quiet)


def _build_embedded(app: Application) -> WSGIServer:
    return build_server(app, port=0)


@contextmanager
def running(server: WSGIServer) -> Generator[tuple[str, int]]:
    """Serve in a thread; give the address."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    with server:
        thread.start()
        try:
            yield ("127.0.0.1", server.server_port)
        finally:
            server.shutdown()
            thread.join(10)


def exchange(address: tuple[str, int], head: str, body: bytes, *, cut: bool) -> bytes:
    """Send a request, and end sending only when it is *cut*; return the body."""
    lines = ["POST / HTTP/1.1", "Host: localhost", head, "", ""]
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        if cut:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return answer.partition(b"\r\n\r\n")[2]


@pytest.mark.needs("threads")
@pytest.mark.parametrize("build", [_build_wsgiref, _build_embedded])
def test_real_servers(app: Application, build: Callable[[Application], Any]) -> None:
    """Nothing behind the body is waited for, and what was cut off is known."""
    app.max_content_length = 100
    seen: list[object] = []

    def handler(req: Request) -> str:
        came = read_blocks(req, 7)
        seen.append((came, req.is_body_complete))
        return f"{len(came)} {req.is_body_complete}"

    app.set_route("/", handler, METHOD_POST)
    chunked, raw = "Transfer-Encoding: chunked", RAW.removesuffix(b"NEXT")
    with running(build(app)) as address:
        for app.data_size in (65365, 3):
            assert exchange(address, chunked, raw, cut=False) == b"14 True"
            assert exchange(address, chunked, raw[:-20], cut=True).endswith(b"False")
            assert exchange(address, LENGTH % 5, b"12345", cut=False) == b"5 True"
            assert exchange(address, LENGTH % 50, b"12345", cut=True) == b"5 False"
    assert len(seen) == 8


@pytest.mark.needs("threads")
@pytest.mark.parametrize("build", [_build_wsgiref, _build_embedded])
@pytest.mark.parametrize("name", WHOLE)
def test_real_servers_and_the_whole(
    app: Application, build: Callable[[Application], Any], name: str
) -> None:
    """Each way of reading ends at the body's end, or in a 400."""

    def handler(req: Request) -> str:
        WHOLE[name](req)
        return f"whole {req.is_body_complete}"

    app.set_route("/", handler, METHOD_POST)
    chunked, raw = "Transfer-Encoding: chunked", RAW.removesuffix(b"NEXT")
    with running(build(app)) as address:
        assert exchange(address, chunked, raw, cut=False) == b"whole True"
        for cut in (raw[:17], raw[:25], raw[:-13]):
            assert b"400" in exchange(address, chunked, cut, cut=True)
        assert exchange(address, LENGTH % 5, b"12345", cut=False) == b"whole True"
        assert b"400" in exchange(address, LENGTH % 50, b"12345", cut=True)


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        *((coding, "501") for coding in ("gzip, chunked", "chunked,", "identity", "x")),
        *((coding, "501") for coding in ("\xa0chunked", "chunked\x85", "\x0bchunked")),
        *((coding, "200") for coding in ("chunked", " Chunked", "")),
    ],
)
@pytest.mark.parametrize("terminated", [True, False])
def test_transfer_codings(
    app: Application, coding: str, expected: str, terminated: bool
) -> None:
    """Any other than chunked is 501 before the handler (RFC 9112 §6.1)."""
    app.set_route("/", lambda _: "read", METHOD_POST)
    variables: dict[str, Any] = {"wsgi.input_terminated": terminated}
    answer = Client(app).post("/", HTTP_TRANSFER_ENCODING=coding, **variables)
    assert answer.status[:3] == expected
