"""Facts about the body of a request."""

import logging
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import HTTPException, Request
from poorwsgi_core.request.body import CachedInput
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client, build_environ

Build = Callable[..., Request]
CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}
TERMINATED = {**CHUNKED, "wsgi.input_terminated": True}


class Stream:
    """A ``wsgi.input`` like that of a server: no BytesIO, and watched."""

    def __init__(self, data: bytes, step: int | None = None) -> None:
        self._file = BytesIO(data)
        self._step = step
        self.sizes: list[int] = []

    def read(self, size: int) -> bytes:
        """Read, at most *step* bytes."""
        self.sizes.append(size)
        return self._file.read(size if self._step is None else min(size, self._step))

    def readline(self, size: int = -1) -> bytes:
        """Read a line."""
        return self._file.readline(size)


@pytest.fixture
def build(app: Application) -> Build:
    """Build requests; *stream* is the raw input."""

    def build(path: str = "/", *, body: bytes = b"", **variables: Any) -> Request:
        stream = variables.pop("stream", None)
        environ = build_environ(path, body=body, **variables)
        if stream is not None:
            environ["wsgi.input"] = stream
        environ["REQUEST_STARTTIME"] = 0.0
        return Request(environ, app)

    return build


def status_of(function: Callable[[], object]) -> tuple[int, str]:
    """Return status and reason of the HTTPException that a call raises."""
    with pytest.raises(HTTPException) as caught:
        function()
    return caught.value.status_code, str(caught.value.args[1].get("error"))


def test_small_body(build: Build) -> None:
    """It is in memory: whole, rewound, and read in any order (decision 1, Q6)."""
    req = build(body=b"0123456789", stream=Stream(b"0123456789MORE"))
    assert isinstance(req.input, BytesIO)
    assert req.read(3) == b"012"
    assert req.data == b"0123456789"
    assert req.read(4) == b"0123"
    assert req.read() == b"456789"
    assert (req.read(), req.read(1)) == (b"", b"")
    assert req.data == b"0123456789"


def test_large_body(build: Build, app: Application) -> None:
    """It is read block by block, never beyond its length (Q6, bar 32)."""
    app.data_size, app.cached_size = 4, 3
    stream = Stream(b"0123456789MORE", step=2)
    req = build(CONTENT_LENGTH="10", stream=stream)
    assert req.data is None
    assert isinstance(req.input, CachedInput)
    assert req.input is req.input
    assert (req.read(4), req.read(0), req.read(), req.read()) == (
        b"0123",
        b"",
        b"456789",
        b"",
    )
    assert all(0 < size <= 10 for size in stream.sizes)


def test_body_without_automatic_data(build: Build, app: Application) -> None:
    """Without ``auto_data`` only what is in memory already is given whole."""
    app.auto_data = False
    assert build(body=b"abc", stream=Stream(b"abc")).data is None
    assert build(body=b"abc").data == b"abc"


@pytest.mark.parametrize("cached_size", [0, None])
def test_no_block_size(build: Build, app: Application, cached_size: int | None) -> None:
    """A block size of 0 or None is the default one."""
    app.data_size, app.cached_size = 0, cached_size
    req = build(CONTENT_LENGTH="3", stream=Stream(b"abc"))
    assert req.read(5) == b"abc"


@pytest.mark.parametrize("length", [None, "", "0"])
@pytest.mark.parametrize("auto_data", [True, False])
def test_no_body(
    build: Build,
    app: Application,
    caplog: pytest.LogCaptureFixture,
    length: str | None,
    auto_data: bool,
) -> None:
    """Reading what isn't there is empty, with an ERROR (5.3, bar 33)."""
    app.auto_data = auto_data
    stream = Stream(b"MORE")
    req = build(CONTENT_LENGTH=length, stream=stream, SERVER_PROTOCOL="HTTP/0.9")
    assert (req.read(), req.read(5), req.input.read(5)) == (b"", b"", b"")
    assert (req.data, req.is_body_complete) == (b"", True)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert not any(stream.sizes)


def test_server_without_input(build: Build) -> None:
    """A server that gives no stream gives an empty body."""
    req = build(CONTENT_LENGTH="0", **{"wsgi.input": None})
    assert (req.data, req.input.read()) == (b"", b"")


@pytest.mark.parametrize("data_size", [65365, 3])
@pytest.mark.parametrize("length", ["10", str(10**12)])
def test_short_body(
    build: Build, app: Application, data_size: int, length: str
) -> None:
    """A body that ends early is 400, whatever its declared length (bar 31)."""
    app.data_size = data_size
    req = build(CONTENT_LENGTH=length, stream=Stream(b"12345"))
    status, reason = status_of(req.read)
    assert (status, "bytes are missing" in reason) == (400, True)


def test_stalled_body(build: Build, app: Application) -> None:
    """A body that doesn't come in time is 408 (L14)."""

    class Silent(Stream):
        def read(self, size: int) -> bytes:
            raise TimeoutError(size)

    app.read_timeout = None
    assert status_of(build(CONTENT_LENGTH="5", stream=Silent(b"")).read)[0] == 408


def test_too_large_body(build: Build, app: Application) -> None:
    """A limit holds by header and while reading (bar 43)."""
    app.max_content_length = 4
    by_header = build(CONTENT_LENGTH="5", stream=Stream(b"12345"))
    assert status_of(lambda: by_header.input)[0] == 413
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert build(stream=Stream(b"1234"), **chunked).data == b"1234"
    while_reading = build(stream=Stream(b"12345"), **chunked)
    assert status_of(while_reading.read)[0] == 413


def test_read_whole(build: Build, app: Application) -> None:
    """A parser gets all that is left, up to a limit of its own."""
    for app.data_size in (65365, 3):
        req = build(CONTENT_LENGTH="5", stream=Stream(b"12345MORE"))
        assert req.read_whole("max_size", 5) == b"12345"
        req = build(CONTENT_LENGTH="5", stream=Stream(b"12345"))
        assert req.read_whole("max_size", None) == b"12345"
        stream = Stream(b"12345")
        req = build(CONTENT_LENGTH="5", stream=stream)
        status, reason = status_of(partial(req.read_whole, "max_size", 4))
        assert (status, "max_size = 4" in reason, stream.sizes) == (413, True, [])


@pytest.mark.parametrize("data_size", [65365, 3])
def test_read_whole_of_unknown_length(
    build: Build, app: Application, data_size: int
) -> None:
    """The limit holds where the client sent no length, too."""
    app.data_size, app.cached_size = data_size, 2
    req = build(stream=Stream(b"12345"), **TERMINATED)
    assert req.read_whole("max_size", 5) == b"12345"
    req = build(stream=Stream(b"12345"), **TERMINATED)
    status, reason = status_of(partial(req.read_whole, "max_size", 4))
    assert (status, "max_size = 4" in reason) == (413, True)


def test_body_that_comes_in_pieces(build: Build, app: Application) -> None:
    """Short reads of the server are repeated (bar 32)."""
    for app.read_timeout in (10, None):
        req = build(CONTENT_LENGTH="5", stream=Stream(b"12345MORE", step=2))
        assert req.data == b"12345"


# --- chunked bodies ---


def test_chunks_of_the_raw_stream(build: Build) -> None:
    """One chunk at a time; extensions and trailers are skipped (Q7, bar 35)."""
    raw = b"4;name=value\r\nabcd\r\n0A \r\n0123456789\r\n0\r\nX: y\r\n\r\n"
    req = build(stream=Stream(raw), **CHUNKED)
    assert [req.read_chunk() for _ in range(3)] == [b"abcd", b"0123456789", b""]


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"x\r\n", b"-1\r\n", b"5\r\nabc", b"5"])
def test_malformed_chunks(build: Build, raw: bytes) -> None:
    """They are a ValueError, and 400 for the client (Q7, bar 35)."""
    req = build(stream=Stream(raw), **CHUNKED)
    with pytest.raises(ValueError) as caught:
        req.read_chunk()
    assert isinstance(caught.value, HTTPException)
    assert caught.value.status_code == 400


def test_chunks_that_the_server_took_apart(build: Build, app: Application) -> None:
    """Then a chunk is the next block (decision 1)."""
    app.cached_size, app.data_size = 4, 2
    req = build(stream=Stream(b"0123456789"), **TERMINATED)
    assert [req.read_chunk() for _ in range(4)] == [b"0123", b"4567", b"89", b""]


def test_chunked_body_is_data(build: Build, app: Application) -> None:
    """A chunked body that fits is data, a larger one is still whole when read."""
    assert build(stream=Stream(b"0123456789"), **TERMINATED).data == b"0123456789"
    app.data_size = 4
    req = build(stream=Stream(b"0123456789"), **TERMINATED)
    assert req.data is None
    assert (req.read(2), req.read()) == (b"01", b"23456789")
    app.auto_data = False
    req = build(stream=Stream(b"0123456789"), **TERMINATED)
    assert (req.data, req.read()) == (None, b"0123456789")


def test_length_wins_over_a_chunked_server(build: Build) -> None:
    """A server that gives a length has taken the chunks apart already."""
    req = build(CONTENT_LENGTH="3", stream=Stream(b"abcMORE"), **TERMINATED)
    assert (req.data, req.read_chunk(), req.read_chunk()) == (b"abc", b"abc", b"")


def test_chunked_body_of_uwsgi(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """With uWSGI there is a function that hands out chunks (19.1)."""
    pieces = [b"01", b"2345", b""]
    module = ModuleType("uwsgi")
    vars(module)["chunked_read"] = lambda: pieces.pop(0)
    monkeypatch.setitem(sys.modules, "uwsgi", module)
    variables = {**CHUNKED, "uwsgi.version": b"2"}
    assert build(stream=Stream(b""), **variables).data == b"012345"
    pieces = [b"01", b""]
    assert build(stream=Stream(b""), **variables).read_chunk() == b"01"


def test_chunks_without_a_stream(build: Build) -> None:
    """Without chunks there is nothing to read, without a stream they are missing."""
    assert build().read_chunk() == b""
    lost = build(**CHUNKED, **{"wsgi.input": None})
    assert status_of(lost.read_chunk)[0] == 400


def test_body_through_the_application(app: Application) -> None:
    """What is read in a handler is what the client sent (PEP 3333)."""

    def handler(req: Request) -> bytes:
        return req.read(2) + b"|" + (req.data or b"") + b"|" + req.read()

    app.set_route("/", handler, METHOD_POST)
    client = Client(app)
    assert client.post(body=b"abcd").data == b"ab|abcd|abcd"
    app.data_size = 1
    assert client.post(body=b"abcd").data == b"ab||cd"
    assert client.post().data == b"||"


def test_declared_size_is_not_asked_for_at_once(build: Build, app: Application) -> None:
    """The server is asked for at most 1 MiB, whatever the client says (bar 31)."""
    app.data_size = 10**13
    stream = Stream(b"short")
    req = build(CONTENT_LENGTH=str(10**12), stream=stream)
    assert status_of(lambda: req.data)[0] == 400
    assert max(stream.sizes) <= 1024 * 1024
