"""Facts about the iterables that a server reads."""

from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response.bodies import (
    ByteRanges,
    FileBlocks,
    IBytesIO,
    Stream,
    close_body,
    cut,
)


class _Closable:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


# --- IBytesIO ------------------------------------------------------------------------


@given(st.binary(max_size=5000))
def test_buffer_iterates_by_kilobytes(data: bytes) -> None:
    """Line ends don't matter, unlike in BytesIO."""
    blocks = list(IBytesIO(data))
    assert b"".join(blocks) == data
    assert {len(block) for block in blocks[:-1]} <= {1024}
    assert all(blocks)


def test_buffer_reads_a_kilobyte() -> None:
    """read_kilo is the block that iterating gives."""
    buffer = IBytesIO(b"x" * 1500)
    assert [len(buffer.read_kilo()) for _ in range(3)] == [1024, 476, 0]


def test_buffer_is_a_file() -> None:
    """It reads and seeks like BytesIO."""
    buffer = IBytesIO(b"12345")
    assert isinstance(buffer, BytesIO)
    assert buffer.read(2) == b"12"
    assert list(buffer) == [b"345"]


# --- close_body and Stream ---------------------------------------------------------


def test_close_body_closes() -> None:
    """The body's close is called once."""
    body = _Closable()
    close_body(body)
    assert body.closed == 1


@pytest.mark.parametrize("body", [(), [b"x"], iter(()), None])
def test_close_body_without_close(body: object) -> None:
    """What has no close is left alone."""
    assert close_body(body) is None  # type: ignore[func-returns-value]


def test_stream_forwards_chunks() -> None:
    """It is an iterator over the chunks."""
    stream = Stream(iter([b"a", b"", b"b"]), None)
    assert iter(stream) is stream
    assert list(stream) == [b"a", b"", b"b"]


def test_stream_closes_its_sources() -> None:
    """Chunks and sources are closed, also before the first chunk (P14, bar 91)."""

    def forward(chunks: list[bytes]) -> Iterator[bytes]:
        yield from chunks

    sources = [_Closable(), _Closable()]
    chunks = forward([b"x"])
    Stream(chunks, *sources).close()
    assert [source.closed for source in sources] == [1, 1]
    assert list(chunks) == []


# --- cut -----------------------------------------------------------------------------


@given(
    st.lists(st.binary(max_size=10), max_size=10),
    st.integers(0, 60),
    st.integers(1, 60),
)
def test_cut_is_a_slice(chunks: list[bytes], first: int, size: int) -> None:
    """However the data are cut in chunks, the slice is the same (bar 55)."""
    data, stop, found = b"".join(chunks), first + size, b""
    try:
        for piece in cut(chunks, first, stop):
            found += piece
    except EOFError:
        assert len(data) < stop
    else:
        assert len(data) >= stop
    assert found == data[first:stop]


def test_cut_stops_early() -> None:
    """Chunks behind the range are never asked for."""
    chunks = iter([b"12", b"34", b"56"])
    assert list(cut(chunks, 1, 4)) == [b"2", b"34"]
    assert next(chunks) == b"56"


def test_cut_forwards_whole_chunks() -> None:
    """A chunk that is wanted whole isn't copied."""
    chunk = b"x" * 100
    forwarded = next(cut([chunk], 0, 200))
    assert forwarded is chunk


# --- ByteRanges ----------------------------------------------------------------------


def _render(framing: ByteRanges, data: bytes) -> bytes:
    return b"".join(
        segment if isinstance(segment, bytes) else data[slice(*segment)]
        for segment in framing.segments()
    )


def _parse(framing: ByteRanges, body: bytes) -> list[tuple[bytes, bytes]]:
    """Take a multipart body apart, by RFC 2046 §5.1."""
    kind, _, boundary = framing.content_type.partition("; boundary=")
    assert kind == "multipart/byteranges"
    assert 1 <= len(boundary) <= 70
    preamble, *parts, end = body.split(f"\r\n--{boundary}".encode())
    assert (preamble, end) == (b"", b"--\r\n")
    found: list[tuple[bytes, bytes]] = []
    for part in parts:
        assert part.startswith(b"\r\n")
        head, _, content = part[2:].partition(b"\r\n\r\n")
        found.append((head, content))
    return found


@given(
    st.binary(min_size=1, max_size=50),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=5),
)
def test_byte_ranges(data: bytes, pairs: list[tuple[int, int]]) -> None:
    """Each part has its range and type, the length is what is sent (bar 55)."""
    last = len(data) - 1
    ranges = [(min(a, b, last), min(max(a, b), last)) for a, b in pairs]
    framing = ByteRanges(ranges, "text/plain", len(data))
    body = _render(framing, data)
    assert len(body) == framing.content_length
    assert _parse(framing, body) == [
        (
            b"Content-Type: text/plain\r\n"
            b"Content-Range: bytes %d-%d/%d" % (start, end, len(data)),
            data[start : end + 1],
        )
        for start, end in ranges
    ]


def test_byte_ranges_of_no_type() -> None:
    """Parts of a body without a type have none."""
    framing = ByteRanges([(0, 0), (2, 3)], "", 5)
    assert _parse(framing, _render(framing, b"12345")) == [
        (b"Content-Range: bytes 0-0/5", b"1"),
        (b"Content-Range: bytes 2-3/5", b"34"),
    ]


def test_boundaries_differ() -> None:
    """Nobody can put the next boundary into a file."""
    kinds = {ByteRanges([], "", 0).content_type for _ in range(50)}
    assert len(kinds) == 50


# --- FileBlocks ----------------------------------------------------------------------

_Segment = bytes | tuple[int, int | None]
_POSITIONS = st.integers(0, 60)
_SEGMENTS = st.lists(
    st.binary(min_size=1, max_size=5)
    | st.tuples(_POSITIONS, _POSITIONS).map(lambda pair: (min(pair), max(pair))),
    max_size=6,
)


def _expected(data: bytes, segments: list[_Segment]) -> bytes:
    return b"".join(
        segment if isinstance(segment, bytes) else data[slice(*segment)]
        for segment in segments
    )


def _blocks(data: bytes, segments: list[_Segment], origin: int) -> FileBlocks:
    return FileBlocks(BytesIO(b"." * origin + data), segments, origin)


@given(st.binary(min_size=60, max_size=60), _SEGMENTS, st.integers(0, 5))
def test_blocks_are_slices(data: bytes, segments: list[_Segment], origin: int) -> None:
    """The segments of the file come in their order, from the origin (P7)."""
    assert b"".join(_blocks(data, segments, origin)) == _expected(data, segments)
    assert _blocks(data, segments, origin).read() == _expected(data, segments)


@given(
    st.binary(min_size=60, max_size=60),
    _SEGMENTS,
    st.lists(st.integers(0, 20) | st.none()),
)
def test_blocks_are_a_file(
    data: bytes, segments: list[_Segment], sizes: list[int | None]
) -> None:
    """Reading and iterating may take turns; read gives no more than asked."""
    blocks = _blocks(data, segments, 3)
    found = b""
    for size in sizes:
        part = next(blocks, b"") if size is None else blocks.read(size)
        assert size is None or len(part) <= size
        found += part
    assert found + blocks.read() == _expected(data, segments)
    assert blocks.read() == blocks.read(1) == b""


def test_read_is_empty_at_the_end_alone() -> None:
    """A server that copies until nothing comes gets all."""
    blocks = _blocks(b"x" * 100, [b"head", (0, 100)], 0)
    assert b"".join(iter(lambda: blocks.read(7), b"")) == b"head" + b"x" * 100


def test_open_segment_goes_to_the_end() -> None:
    """Without a stop the rest of the file is sent."""
    assert b"".join(_blocks(b"12345", [(2, None)], 4)) == b"345"


class _Counted(BytesIO):
    """A file that counts how it is read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.sizes: list[int | None] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.sizes.append(size)
        return super().read(size)


def test_blocks_are_large() -> None:
    """A file is read by 64 KiB whatever is in it (P15)."""
    file = _Counted(b"\n" * 200_000)
    assert [len(block) for block in FileBlocks(file, [(0, 200_000)])] == [
        *(65536, 65536, 65536),
        3392,
    ]
    assert file.sizes == [65536, 65536, 65536, 3392]


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """A range of a large file isn't read at once (P15)."""
    file = _Counted(b"x" * 200_000)
    blocks = FileBlocks(file, [(0, None)])
    assert file.sizes == []
    next(blocks)
    assert len(file.sizes) == 1


def test_file_that_has_shrunk(caplog: pytest.LogCaptureFixture) -> None:
    """The server is told to cut the connection, there is no endless loop."""
    file = _Counted(b"12345")
    blocks = FileBlocks(file, [(0, 10**12)])
    assert next(blocks) == b"12345"
    with pytest.raises(EOFError, match="999999999995 bytes"):
        next(blocks)
    assert len(file.sizes) == 2
    assert caplog.messages == [
        "The file has shrunk: 999999999995 bytes can't be sent any more"
    ]


def test_stream_that_cannot_seek() -> None:
    """It is read from where it is."""

    class Pipe(RawIOBase):
        pieces = iter([b"123", b"45"])

        def seekable(self) -> bool:
            return False

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            return next(self.pieces, b"")

    pipe = Pipe()
    assert list(FileBlocks(pipe, [(0, None)])) == [b"123", b"45"]  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_blocks_hide_the_descriptor(tmp_path: Path) -> None:
    """Servers that find a descriptor send past the end of a range (P15)."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    with path.open("rb") as file:
        blocks = FileBlocks(file, [(0, 2)])
        assert not hasattr(blocks, "fileno")
        assert list(blocks) == [b"12"]


def test_close_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged: the file has been sent."""

    class Broken(BytesIO):
        def close(self) -> None:
            if not self.closed:  # the collector closes it again
                super().close()
                raise OSError("full")

    FileBlocks(Broken(b"x"), [(0, 1)]).close()
    assert caplog.messages == ["Closing Broken failed"]


def test_closing_closes_the_file() -> None:
    """The server closes the body, and with it the file (bar 9)."""
    file = BytesIO(b"12345")
    FileBlocks(file, [(0, 5)]).close()
    assert file.closed
