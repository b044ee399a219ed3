"""Facts about the input of a request's body."""

import logging
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.request import body
from poorwsgi_core.request.body import (
    BodyTimeout,
    BodyTooLarge,
    CachedInput,
    CallableInput,
    IncompleteBody,
    receive,
)

_MEGABYTE = 1024 * 1024
_TEXT = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"bc", b"\r\n\r\n"]) | st.binary(),
    max_size=30,
).map(b"".join)


class _Source:
    """A stream that gives what is planned, and counts how it is asked."""

    def __init__(self, *pieces: bytes | BaseException | None) -> None:
        self._pieces = list(pieces)
        self.sizes: list[int] = []

    def read(self, size: int = -1, /) -> bytes | None:
        self.sizes.append(size)
        piece = self._pieces.pop(0) if self._pieces else b""
        if isinstance(piece, BaseException):
            raise piece
        if piece and len(piece) > size:
            self._pieces.insert(0, piece[size:])
            return piece[:size]
        return piece

    def readline(self, size: int = -1, /) -> bytes:
        return self.read(size) or b""


class _Short:
    """A stream that gives fewer bytes than it is asked for."""

    def __init__(self, data: bytes, sizes: Iterable[int]) -> None:
        self._file = BytesIO(data)
        self._sizes = iter(sizes)
        self.left = len(data)

    def read(self, size: int = -1, /) -> bytes:
        assert 0 < size <= self.left
        data = self._file.read(min(size, next(self._sizes, size)))
        self.left -= len(data)
        return data

    def readline(self, size: int = -1, /) -> bytes:
        return self.read(size)


# --- CachedInput: what is read -------------------------------------------------------


@pytest.mark.parametrize("size", [-1, 5, 100])
def test_read_ends_at_the_declared_size(size: int) -> None:
    """What follows the body is left to the server (bar 32)."""
    file = BytesIO(b"12345GET / HTTP/1.1")
    stream = CachedInput(file, 5)
    assert stream.read(size) == b"12345"
    assert stream.read(size) == b""
    assert file.read() == b"GET / HTTP/1.1"


def test_negative_size_is_one_block() -> None:
    """Read without a size gives a block, not all."""
    stream = CachedInput(BytesIO(b"1234567"), 7, block_size=3)
    assert [stream.read() for _ in range(4)] == [b"123", b"456", b"7", b""]


def test_defaults() -> None:
    """A block has 32 KiB, and a source may keep silent for ten seconds."""
    stream = CachedInput(BytesIO(), 0)
    assert (stream.block_size, stream.timeout) == (32768, 10.0)


def test_size_zero_asks_nothing() -> None:
    """Reading nothing needs nothing."""
    source = _Source(b"12345")
    stream = CachedInput(source, 5)
    assert stream.read(0) == stream.readline(0) == b""
    assert source.sizes == []


def test_empty_body_asks_nothing() -> None:
    """A source without a declared body isn't touched: it might block."""
    source = _Source(b"12345")
    stream = CachedInput(source, 0)
    assert stream.read() == stream.readline() == stream.read_all() == b""
    assert source.sizes == []


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\r\nb\r\n", [b"a\r\n", b"b\r\n"]),
        (b"a\nb\r\nc", [b"a\nb\r\n", b"c"]),
        (b"\r\r\n\n", [b"\r\r\n", b"\n"]),
        (b"noeol", [b"noeol"]),
        (b"\r", [b"\r"]),
        (b"\r\n", [b"\r\n"]),
    ],
)
@pytest.mark.parametrize("block_size", [1, 2, 3, 32768])
def test_line_ends_with_crlf(data: bytes, lines: list[bytes], block_size: int) -> None:
    """A lone LF or CR is text, and the last line needs no end (M2)."""
    stream = CachedInput(BytesIO(data), len(data), block_size)
    found = list(iter(lambda: stream.readline(100), b""))
    assert found == lines


@pytest.mark.parametrize("offset", range(60, 70))
def test_crlf_across_two_blocks(offset: int) -> None:
    """CR at the end of a block and LF in the next are one end (M1)."""
    data = b"x" * offset + b"\r\n" + b"y" * 100 + b"\r\n"
    stream = CachedInput(BytesIO(data), len(data), block_size=64)
    assert stream.readline(200) == b"x" * offset + b"\r\n"
    assert stream.readline(200) == b"y" * 100 + b"\r\n"


def test_line_is_at_most_one_block() -> None:
    """Without a size a line is cut after a block."""
    stream = CachedInput(BytesIO(b"12345\r\n"), 7, block_size=4)
    assert [stream.readline() for _ in range(3)] == [b"1234", b"5\r\n", b""]


def test_line_is_cut_at_its_size() -> None:
    """A size may stand between CR and LF."""
    stream = CachedInput(BytesIO(b"ab\r\ncd"), 6)
    assert [stream.readline(n) for n in (1, 2, 5, 9)] == [b"a", b"b\r", b"\ncd", b""]


def test_read_after_readline() -> None:
    """What readline has buffered is read next (M2)."""
    stream = CachedInput(BytesIO(b"head\r\nthe rest"), 14)
    assert stream.readline() == b"head\r\n"
    assert stream.read(3) == b"the"
    assert stream.read(100) == b" rest"


def test_body_without_eol_and_without_timeout() -> None:
    """The last line comes even when nobody waits (M2)."""
    stream = CachedInput(BytesIO(b"noeol"), 5, timeout=None)
    assert stream.readline() == b"noeol"
    assert stream.readline() == b""


def test_tell() -> None:
    """The position counts what has been handed out, and was not put back."""
    stream = CachedInput(BytesIO(b"one\r\ntwo"), 8, 3)
    positions = [stream.tell()]
    for read in (lambda: stream.read(2), stream.readline, lambda: stream.unread(b"x")):
        read()
        positions.append(stream.tell())
    assert positions == [0, 2, 5, 4]


def test_unread() -> None:
    """Bytes that are put back come first."""
    stream = CachedInput(BytesIO(b"a\r\nb"), 4)
    assert stream.read(2) == b"a\r"
    stream.unread(b"a\r")
    assert stream.readline() == b"a\r\n"
    stream.unread(b"xy\r\n")
    assert stream.read_all() == b"xy\r\nb"


def test_blocks_of_a_body() -> None:
    """Iterating gives blocks."""
    stream = CachedInput(BytesIO(b"1234567"), 7, block_size=3)
    assert list(stream) == [b"123", b"456", b"7"]


def test_closing_leaves_the_source_open() -> None:
    """The stream is the server's."""
    file = BytesIO(b"12345")
    CachedInput(file, 5).close()
    assert not file.closed


def _line(data: bytes, position: int, size: int) -> bytes:
    end = data.find(b"\r\n", position, position + size)
    stop = position + size if end < 0 else end + 2
    return data[position:stop]


_Steps = list[tuple[str, int]]
_STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "readline", "unread"]), st.integers(-1, 40)),
    max_size=40,
)


@given(_TEXT, st.integers(1, 40), _STEPS, st.lists(st.integers(1, 5)))
def test_any_interleaving(
    data: bytes, block_size: int, steps: _Steps, short: list[int]
) -> None:
    """Read and readline give the exact bytes for any block size (bar 32, 34)."""
    source = _Short(data, short)
    stream = CachedInput(source, len(data), block_size)
    position, last = 0, b""
    for name, size in steps:
        wanted = block_size if size < 0 else size
        if name == "unread":
            stream.unread(last)
            position, last = position - len(last), b""
            continue
        if name == "read":
            expected = data[position : position + wanted]
            last = stream.read(size)
        else:
            expected = _line(data, position, wanted)
            last = stream.readline(size)
        assert last == expected
        position += len(last)
    assert stream.read_all() == data[position:]
    assert source.left == 0
    assert stream.read() == stream.readline() == b""


@given(_TEXT, st.integers(1, 40), st.lists(st.integers(1, 5)))
def test_source_that_ends_by_itself(
    data: bytes, block_size: int, short: list[int]
) -> None:
    """Without a declared size the body ends with its source."""
    pieces: list[bytes] = []
    rest = data
    for size in short:
        pieces.append(rest[:size])
        rest = rest[size:]
    source = _Source(*[piece for piece in pieces if piece], rest)
    assert CachedInput(source, None, block_size).read_all() == data


# --- CachedInput: how much is asked for ----------------------------------------------


@pytest.mark.parametrize(
    ("unit", "count"),
    [
        *((unit, 8 * _MEGABYTE) for unit in (b"\r", b"\n", b"x")),
        *((unit, 64 * 1024) for unit in (b"\r\n", b"\r\r\n", b"\r\n--x")),
    ],
)
def test_each_block_is_asked_for_once(unit: bytes, count: int) -> None:
    """Eight megabytes of anything take one read for each block (bar 34, 45)."""
    data = unit * count
    source = _Source(data)
    stream = CachedInput(source, len(data))
    size = sum(map(len, iter(stream.readline, b"")))
    assert size == len(data)
    assert len(source.sizes) <= len(data) // 32768 + 1


def test_end_is_not_asked_for() -> None:
    """Once all has come, the source is left in peace: it might block (bar 34)."""
    source = _Source(b"12345")
    stream = CachedInput(source, 5)
    assert stream.readline() == b"12345"
    for _ in range(100):
        assert stream.readline() == stream.read() == b""
    assert len(source.sizes) == 1


def test_declared_size_allocates_nothing() -> None:
    """A body of a terabyte is asked for in parts of a megabyte (bar 31)."""
    source = _Source(b"123")
    with pytest.raises(IncompleteBody):
        CachedInput(source, 10**12).read(10**12)
    assert source.sizes == [_MEGABYTE] * 2


# --- CachedInput: what goes wrong ----------------------------------------------------


@pytest.mark.parametrize("method", ["read", "readline", "read_all"])
@pytest.mark.parametrize("timeout", [0, 10])
def test_body_that_ends_early(method: str, timeout: float) -> None:
    """The client is gone: 400, and a TimeoutError for those who wait (bar 31, M2)."""
    stream = CachedInput(BytesIO(), 5, block_size=5, timeout=timeout)
    with pytest.raises(TimeoutError) as caught:
        getattr(stream, method)()
    assert isinstance(caught.value, IncompleteBody)
    assert isinstance(caught.value, ConnectionError)
    assert caught.value.status_code == 400
    assert caught.value.args[1] == {
        "error": "Incomplete request body: 5 bytes are missing"
    }


def test_body_that_ends_after_a_part() -> None:
    """Buffered bytes don't hide that two are outstanding (M2)."""
    stream = CachedInput(BytesIO(b"12"), 4, block_size=2, timeout=0)
    with pytest.raises(TimeoutError):
        stream.readline(4)
    assert stream.read(2) == b"12"


def test_early_end_without_timeout() -> None:
    """Without a timeout an early end is the end."""
    stream = CachedInput(BytesIO(b"12"), 4, timeout=None)
    assert stream.read(4) == b"12"
    assert stream.read(4) == b""


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    """Replace the clock of the module."""
    clock = _Clock()
    monkeypatch.setattr(body, "monotonic", clock.monotonic)
    monkeypatch.setattr(body, "sleep", clock.sleep)
    return clock


@pytest.mark.parametrize("timeout", [1.0, None])
def test_source_that_has_nothing_yet(clock: _Clock, timeout: float | None) -> None:
    """A source that doesn't block is asked again after a pause (bar 34)."""
    source = _Source(None, None, b"123", None, b"45")
    stream = CachedInput(source, 5, timeout=timeout)
    assert stream.read(5) == b"12345"
    assert 100.0 < clock.now < 101.0


def test_source_that_stalls(clock: _Clock) -> None:
    """A client that sends nothing is answered 408 after the timeout."""
    source = _Source(b"12", *[None] * 10_000)
    with pytest.raises(BodyTimeout) as caught:
        CachedInput(source, 5, timeout=2.0).read(5)
    assert caught.value.status_code == 408
    assert isinstance(caught.value, TimeoutError)
    assert 102.0 <= clock.now < 102.1


def test_timeout_zero_waits_for_nothing(clock: _Clock) -> None:
    """Nothing yet is too late at once."""
    with pytest.raises(BodyTimeout):
        CachedInput(_Source(None), 5, timeout=0).readline()
    assert clock.now == 100.0


def test_timeout_of_the_server() -> None:
    """A server that gives up waiting means the same."""
    reason = TimeoutError("timed out")
    with pytest.raises(BodyTimeout) as caught:
        CachedInput(_Source(reason), 5).read()
    assert caught.value.__cause__ is reason


def test_connection_that_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    """A connection error of the source is a WARNING and a 400 (decision 10)."""
    reason = ConnectionResetError("reset by peer")
    with pytest.raises(IncompleteBody) as caught:
        CachedInput(_Source(reason), 5).read()
    assert caught.value.__cause__ is reason
    assert caught.value.status_code == 400
    assert caught.value.args[1] == {"error": "Incomplete request body: reset by peer"}
    assert caplog.record_tuples == [
        (
            "poorwsgi",
            logging.WARNING,
            "The body broke off: reset by peer",
        )
    ]


def test_answer_of_the_source_is_kept() -> None:
    """A stream over a stream passes its answer on."""
    reason = IncompleteBody("lost")
    with pytest.raises(IncompleteBody) as caught:
        CachedInput(_Source(reason), 5).read()
    assert caught.value is reason


@pytest.mark.parametrize("data", [b"12", b"", None])
def test_receive(data: bytes | None) -> None:
    """One read of any stream, with the same answers to what goes wrong."""
    source = _Source(data)
    assert receive(source.read, 5) == data
    assert source.sizes == [5]
    with pytest.raises(BodyTimeout):
        receive(_Source(TimeoutError()).read, 5)


def test_limit_of_a_body_without_size() -> None:
    """More than the limit is a 413 that names it, while reading (bar 43)."""
    source = _Source(*[b"x" * 10] * 100)
    stream = CachedInput(source, None, limit=("max_content_length", 25))
    assert stream.read(20) == b"x" * 20
    with pytest.raises(BodyTooLarge) as caught:
        stream.read(20)
    assert caught.value.status_code == 413
    assert caught.value.args[1] == {
        "error": "The request body exceeds max_content_length = 25 bytes"
    }
    assert len(source.sizes) == 3


def test_limit_itself_is_allowed() -> None:
    """A body as large as the limit is not larger."""
    stream = CachedInput(_Source(b"x" * 25), None, limit=("max_content_length", 25))
    assert len(stream.read_all()) == 25


# --- CallableInput -------------------------------------------------------------------


def _pieces(*pieces: bytes) -> Callable[[], bytes]:
    rest: Iterator[bytes] = iter(pieces)
    return lambda: next(rest, b"")


def test_callable_is_a_stream() -> None:
    """Each read is of one piece, the rest of which comes next."""
    stream = CallableInput(_pieces(b"12345", b"67"))
    assert [stream.read(3) for _ in range(4)] == [b"123", b"45", b"67", b""]


def test_callable_without_size() -> None:
    """Without a size it is what is left of the piece."""
    stream = CallableInput(_pieces(b"12345", b"67"))
    assert stream.readline(1) == b"1"
    assert stream.read() == b"2345"
    assert stream.readline() == b"67"


@given(st.lists(st.binary(min_size=1)), st.integers(1, 20))
def test_callable_in_a_cached_input(pieces: list[bytes], block_size: int) -> None:
    """However the pieces are cut, the body is the same."""
    stream = CachedInput(CallableInput(_pieces(*pieces)), None, block_size)
    assert stream.read_all() == b"".join(pieces)


# --- what others have read -----------------------------------------------------------


@pytest.mark.parametrize("size", [7, None])
def test_fed_bytes_are_part_of_the_body(size: int | None) -> None:
    """What was read before is read first, and counted."""
    stream = CachedInput(BytesIO(b"567"), size, limit=("max_content_length", 7))
    stream.feed(b"1234")
    assert (stream.read(5), stream.is_complete) == (b"12345", False)
    assert (stream.read(), stream.is_complete) == (b"67", True)


def test_broken_off_by_somebody_else() -> None:
    """Nothing more is read, and the reason is told each time."""
    source = _Source(b"12345")
    stream = CachedInput(source, 5)
    stream.fail(BodyTimeout("too late"))
    for _ in range(2):
        with pytest.raises(BodyTimeout, match="too late"):
            stream.read_chunk()
    assert (stream.read_what_came(5), source.sizes) == (b"", [])
