"""Facts about chunked bodies."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.request.body import (
    BadChunk,
    BodyTimeout,
    BodyTooLarge,
    BrokenBody,
    IncompleteBody,
)
from poorwsgi_core.request.chunks import ChunkDecoder, ChunkedInput

_MEGABYTE = 1024 * 1024
_END = b"0\r\n\r\n"


class _Broken(BytesIO):
    """A stream that fails at its end."""

    def __init__(self, data: bytes, error: OSError) -> None:
        super().__init__(data)
        self._error = error

    def read(self, size: int | None = -1, /) -> bytes:
        return self._fail_at_end(super().read(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._fail_at_end(super().readline(size))

    def _fail_at_end(self, data: bytes) -> bytes:
        if not data:
            raise self._error
        return data


class _Short(BytesIO):
    """A stream that gives fewer bytes than it is asked for."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        super().__init__(data)
        self._sizes = iter(sizes)

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        return super().read(min(size, next(self._sizes, size)))


def encode(*chunks: bytes, end: bytes = _END) -> bytes:
    """Encode a body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(data), data) for data in chunks) + end


# --- the framing ---------------------------------------------------------------------


def test_decoder_reads_nothing() -> None:
    """It is told what has come, and says what it wants next."""
    decoder = ChunkDecoder()
    decoder.receive_line(b"5\r\n")
    assert (decoder.left, decoder.is_done) == (5, False)
    decoder.receive_data(2)
    assert decoder.left == 3
    decoder.receive_data(3)
    for line in (b"\r\n", b"0\r\n", b"X-Sum: 1\r\n"):
        decoder.receive_line(line)
        assert (decoder.left, decoder.is_done) == (0, False)
    decoder.receive_line(b"\r\n")
    assert decoder.is_done


@pytest.mark.parametrize(
    "head",
    [
        b"5\r\n",
        b"05\r\n",
        b"0000000000000005\r\n",
        b"5;name=value\r\n",
        b'5;name="\xff quoted; \\" text"\r\n',
        b"5 \t\r\n",
        b"5 ;name\r\n",
        b"5;\r\n",
        b"5;" + b"x" * 4092 + b"\r\n",
    ],
)
def test_chunk(head: bytes) -> None:
    """White space and extensions after the size are ignored (bar 35)."""
    file = BytesIO(head + b"12345\r\n" + _END + b"rest")
    assert len(head) <= 4096
    assert ChunkedInput(file).read_all() == b"12345"
    assert file.read() == b"rest"


def test_chunk_of_binary_data() -> None:
    """Line ends in the data are data."""
    data = b"\r\n0\r\n\r\n"
    assert ChunkedInput(BytesIO(encode(data))).read_all() == data


@pytest.mark.parametrize("size", [b"1A", b"1a"])
def test_size_is_hexadecimal(size: bytes) -> None:
    """Letters of either case are digits."""
    file = BytesIO(size + b"\r\n" + b"x" * 26 + b"\r\n")
    assert len(ChunkedInput(file).read_chunk()) == 26


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n",
        b"5",
        b"5\n",
        b"5;a\rb\r\n",
        b"5;a\n",
        b"5;a\x00b\r\n",
        b"5;\x1b\r\n",
        b"x\r\n",
        b"-5\r\n",
        b"+5\r\n",
        b"0x5\r\n",
        b"5_0\r\n",
        b" 5\r\n",
        b"5 5\r\n",
        b"5\r",
        b"5\r\r\n",
        "٥\r\n".encode(),
        b"00000000000000005\r\n",
        b"1000001\r\n",
        b"FFFFFFFFFFFFFFFF\r\n",
        b"5;" + b"x" * 4093 + b"\r\n",
        b"5" * 10_000,
    ],
)
def test_bad_size(head: bytes) -> None:
    """A size that is none, or too large, is a ValueError and a 400 (bar 35)."""
    stream = ChunkedInput(BytesIO(head + b"12345\r\n" + _END))
    for read in (stream.read_chunk, stream.read_all, stream.readline, stream.read):
        with pytest.raises(ValueError, match="Bad chunk") as caught:
            read()
        assert isinstance(caught.value, BadChunk)
        assert caught.value.status_code == 400
    assert not stream.is_complete


def test_largest_chunk() -> None:
    """A chunk of 16 MiB is allowed (bar 35)."""
    data = bytes(16 * _MEGABYTE)
    assert ChunkedInput(BytesIO(encode(data))).read_chunk() == data


@pytest.mark.parametrize("rest", [b"", b"1", b"1234"])
def test_short_chunk(rest: bytes) -> None:
    """Fewer data than declared are a ValueError (bar 35)."""
    with pytest.raises(BadChunk, match=f"{5 - len(rest)} bytes are missing"):
        ChunkedInput(BytesIO(b"5\r\n" + rest)).read_chunk()


@pytest.mark.parametrize("rest", [b"6\r\n", b"67", b" \r\n", b"\n", b"\r", b"0\r\n"])
def test_long_chunk(rest: bytes) -> None:
    """Behind the data stands CRLF, or what follows is none of ours."""
    stream = ChunkedInput(BytesIO(b"5\r\n12345" + rest))
    assert stream.read_chunk() == b"12345"
    with pytest.raises(BadChunk, match="longer than their size"):
        stream.read_chunk()


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_last_chunk_is_missing(end: bytes) -> None:
    """Without it the body is incomplete, however it ends (RFC 9112 §8)."""
    stream = ChunkedInput(BytesIO(b"5\r\n12345" + end))
    assert stream.read_chunk() == b"12345"
    with pytest.raises(BadChunk, match="the last one is missing"):
        stream.read_chunk()
    assert not stream.is_complete


@pytest.mark.parametrize("count", [0, 1, 100])
def test_trailers_are_skipped(count: int) -> None:
    """The last chunk ends with its trailers (bar 35)."""
    file = BytesIO(b"0\r\n" + b"X-Sum: 1\r\n" * count + b"\r\nnext")
    stream = ChunkedInput(file)
    assert (stream.read_chunk(), stream.read_chunk()) == (b"", b"")
    assert stream.is_complete
    assert file.read() == b"next"


@pytest.mark.parametrize("end", [b"", b"X-Sum: 1", b"X-Sum: 1\r\n"])
def test_trailers_that_the_client_leaves_out(end: bytes) -> None:
    """The end of the stream is the end of the trailers (RFC 9112 §8)."""
    stream = ChunkedInput(BytesIO(b"0\r\n" + end))
    assert stream.read_chunk() == b""
    assert stream.is_complete


def test_too_many_trailers() -> None:
    """One hundred are enough."""
    with pytest.raises(BadChunk, match="trailers"):
        ChunkedInput(BytesIO(b"0\r\n" + b"X-Sum: 1\r\n" * 101 + b"\r\n")).read()


def test_too_long_trailer() -> None:
    """A trailer is a line like others."""
    with pytest.raises(BadChunk, match="4096"):
        ChunkedInput(BytesIO(b"0\r\nX-Sum: " + b"1" * 4096 + b"\r\n\r\n")).read()


@pytest.mark.parametrize(
    "line",
    [
        b"X-Sum: 1\n",
        b"X-Sum\r\n",
        b"X Sum: 1\r\n",
        b" 1\r\n",
        b"X: \x00\r\n",
        b": 1\r\n",
    ],
)
def test_trailer_that_is_no_field(line: bytes) -> None:
    """It is a field like those of the head; a lone LF ends no line."""
    with pytest.raises(BadChunk, match="no field"):
        ChunkedInput(BytesIO(b"0\r\n" + line + b"\r\n")).read()


def test_extensions_are_not_a_body_of_their_own() -> None:
    """They may be long now and then, but not longer than the data all the time."""
    line = b"1;" + b"x" * 1000 + b"\r\n"
    with pytest.raises(BadChunk, match="more extensions than data"):
        ChunkedInput(BytesIO((line + b"y\r\n") * 20 + _END)).read_all()
    few = ChunkedInput(BytesIO((line + b"y\r\n") * 10 + _END))
    assert few.read_all() == b"y" * 10
    signed = b"2000;chunk-signature=" + b"f" * 64 + b"\r\n" + bytes(8192) + b"\r\n"
    assert len(ChunkedInput(BytesIO(signed * 500 + _END)).read_all()) == 500 * 8192


# --- what is read --------------------------------------------------------------------


def test_read_across_chunks() -> None:
    """Chunks are an encoding: what is read has no seams."""
    stream = ChunkedInput(BytesIO(encode(b"ab", b"c\r", b"\nd")), block_size=4)
    assert stream.readline() == b"abc\r"
    stream.unread(b"abc\r")
    assert stream.readline(9) == b"abc\r\n"
    assert (stream.read(5), stream.read(5), stream.is_complete) == (b"d", b"", True)


def test_chunk_after_a_part() -> None:
    """What is left of a chunk is the next one, and so is what was put back."""
    stream = ChunkedInput(BytesIO(encode(b"abcd", b"efgh", b"ij")))
    assert stream.read(1) == b"a"
    stream.unread(b"a")
    chunks = [stream.read_chunk() for _ in range(4)]
    assert chunks == [b"a", b"bcd", b"efgh", b"ij"]
    assert (stream.read_chunk(), stream.is_complete) == (b"", True)


def test_limit_counts_the_data() -> None:
    """More data than the limit are a 413, chunk by chunk too (bar 43)."""
    body, limit = encode(b"x" * 10, b"y" * 10), ("max_content_length", 20)
    assert len(ChunkedInput(BytesIO(body), limit=limit).read_all()) == 20
    stream = ChunkedInput(BytesIO(body), limit=("max_content_length", 19))
    assert stream.read_chunk() == b"x" * 10
    for read in (stream.read_chunk, stream.read_all, stream.readline):
        with pytest.raises(BodyTooLarge):
            read()
        assert not stream.is_complete


def test_what_came_of_a_broken_body() -> None:
    """It is there before the error, and the error comes each time after it."""
    stream = ChunkedInput(BytesIO(b"5\r\n12345\r\n5\r\n67"))
    with pytest.raises(BadChunk):
        stream.read(10)
    assert stream.read_what_came(3) == b"123"
    assert stream.read_what_came(10) == b"4567"
    assert stream.read_what_came(10) == b""
    for _ in range(2):
        with pytest.raises(BadChunk, match="3 bytes are missing"):
            stream.check_whole()


def test_stream_that_has_nothing_yet() -> None:
    """Lines and data are waited for as in any body."""

    class Slow(BytesIO):
        pauses = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.pauses += 1
            return super().read(size) if self.pauses % 2 else None  # type: ignore[return-value]

    stream = ChunkedInput(Slow(encode(b"ab", b"cd")))
    assert stream.read(9) == b"abcd"


@pytest.mark.parametrize("data", [b"", b"5\r\n", b"5\r\n123", b"5\r\n12345"])
def test_connection_lost_in_a_chunk(data: bytes) -> None:
    """The client is gone, wherever it was (decision 10)."""
    with pytest.raises(IncompleteBody):
        ChunkedInput(_Broken(data, ConnectionResetError("reset"))).read(9)
    with pytest.raises(BodyTimeout):
        ChunkedInput(_Broken(data, TimeoutError("timed out"))).read(9)


@given(
    st.lists(st.tuples(st.binary(min_size=1), st.sampled_from([b"", b";a=b", b" "]))),
    st.lists(st.sampled_from([b"A: b\r\n", b"C: d\r\n"]), max_size=3),
    st.lists(st.integers(1, 5)),
)
def test_chunks_as_encoded(
    chunks: list[tuple[bytes, bytes]], trailers: list[bytes], short: list[int]
) -> None:
    """What an encoder has written is read again, however it arrives."""
    encoded = [
        b"%x%b\r\n%b\r\n" % (len(data), extension, data) for data, extension in chunks
    ]
    text = b"".join([*encoded, b"0\r\n", *trailers, b"\r\n"])
    file = _Short(text + b"next", short)
    stream = ChunkedInput(file)
    assert [stream.read_chunk() for _ in chunks] == [data for data, _ in chunks]
    assert stream.read_chunk() == b""
    assert file.tell() == len(text)
    whole = ChunkedInput(_Short(text, short), block_size=3)
    assert whole.read_all() == b"".join(data for data, _ in chunks)
    assert whole.is_complete


@given(
    st.lists(st.binary(min_size=1, max_size=20), min_size=1),
    st.data(),
    st.integers(1, 40),
)
def test_cut_off_anywhere(chunks: list[bytes], data: st.DataObject, size: int) -> None:
    """A body without its last chunk never passes for a whole one."""
    text = encode(*chunks, end=b"")
    cut = text[: data.draw(st.integers(0, len(text)))]
    stream = ChunkedInput(BytesIO(cut))
    came = b"".join(iter(lambda: stream.read_what_came(size), b""))
    assert b"".join(chunks).startswith(came)
    assert not stream.is_complete
    with pytest.raises(BrokenBody):
        stream.check_whole()
    with pytest.raises(BrokenBody):
        ChunkedInput(BytesIO(cut)).read_all()


@given(st.binary() | st.text("05afx;\r\n ").map(str.encode))
def test_any_bytes_as_chunks(data: bytes) -> None:
    """Whatever a client sends is a body, or a BadChunk."""
    stream = ChunkedInput(BytesIO(data))
    came = b"".join(iter(lambda: stream.read_what_came(5), b""))
    assert came in data.replace(b"\r\n", b"") or b"\r\n" in data
    try:
        stream.check_whole()
    except BadChunk:
        assert not stream.is_complete
    else:
        assert stream.is_complete
