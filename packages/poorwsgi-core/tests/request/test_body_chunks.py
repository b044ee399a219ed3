"""Facts about chunked bodies."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.request.body import BadChunk, BodyTimeout, IncompleteBody, read_chunk
from poorwsgi_core.response import HTTPException

_MEGABYTE = 1024 * 1024


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


@pytest.mark.parametrize(
    "head",
    [
        b"5\r\n",
        b"5\n",
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
    file = BytesIO(head + b"12345\r\nrest")
    assert len(head) <= 4096
    assert read_chunk(file) == b"12345"
    assert file.read() == b"rest"


def test_chunk_of_binary_data() -> None:
    """Line ends in the data are data."""
    data = b"\r\n0\r\n\r\n"
    assert read_chunk(BytesIO(b"%X\r\n%b\r\n" % (len(data), data))) == data


@pytest.mark.parametrize("size", [b"1A", b"1a"])
def test_size_is_hexadecimal(size: bytes) -> None:
    """Letters of either case are digits."""
    assert len(read_chunk(BytesIO(size + b"\r\n" + b"x" * 26 + b"\r\n"))) == 26


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n",
        b"5",
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
    with pytest.raises(ValueError, match="Bad chunk") as caught:
        read_chunk(BytesIO(head + b"12345\r\n"))
    assert isinstance(caught.value, BadChunk)
    assert caught.value.status_code == 400


def test_largest_chunk() -> None:
    """A chunk of 16 MiB is allowed (bar 35)."""
    data = bytes(16 * _MEGABYTE)
    assert read_chunk(BytesIO(b"1000000\r\n" + data + b"\r\n")) == data


@pytest.mark.parametrize("rest", [b"", b"1", b"1234"])
def test_short_chunk(rest: bytes) -> None:
    """Fewer data than declared are a ValueError (bar 35)."""
    with pytest.raises(BadChunk, match=f"{5 - len(rest)} of 5 bytes are missing"):
        read_chunk(BytesIO(b"5\r\n" + rest))


@pytest.mark.parametrize("rest", [b"6\r\n", b"67", b" \r\n"])
def test_long_chunk(rest: bytes) -> None:
    """More data than declared are a ValueError."""
    with pytest.raises(BadChunk, match="longer than their size"):
        read_chunk(BytesIO(b"5\r\n12345" + rest))


def test_last_chunk_without_end() -> None:
    """A client that closes right after the data has sent them."""
    assert read_chunk(BytesIO(b"5\r\n12345")) == b"12345"


@pytest.mark.parametrize("count", [0, 1, 100])
def test_trailers_are_skipped(count: int) -> None:
    """The last chunk ends with its trailers (bar 35)."""
    file = BytesIO(b"0\r\n" + b"X-Sum: 1\r\n" * count + b"\r\nnext")
    assert read_chunk(file) == b""
    assert file.read() == b"next"


def test_trailers_that_the_client_leaves_out() -> None:
    """The end of the stream is the end of the trailers."""
    assert read_chunk(BytesIO(b"0\r\nX-Sum: 1")) == b""


def test_too_many_trailers() -> None:
    """One hundred are enough."""
    with pytest.raises(BadChunk, match="trailers"):
        read_chunk(BytesIO(b"0\r\n" + b"X-Sum: 1\r\n" * 101 + b"\r\n"))


def test_too_long_trailer() -> None:
    """A trailer is a line like others."""
    with pytest.raises(BadChunk, match="4096"):
        read_chunk(BytesIO(b"0\r\nX-Sum: " + b"1" * 4096 + b"\r\n\r\n"))


@pytest.mark.parametrize("data", [b"", b"5\r\n", b"5\r\n123", b"5\r\n12345"])
def test_connection_lost_in_a_chunk(data: bytes) -> None:
    """The client is gone, wherever it was (decision 10)."""
    with pytest.raises(IncompleteBody):
        read_chunk(_Broken(data, ConnectionResetError("reset")))
    with pytest.raises(BodyTimeout):
        read_chunk(_Broken(data, TimeoutError("timed out")))


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

    class Stream(BytesIO):
        sizes = iter(short)

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            return super().read(min(size, next(self.sizes, size)))

    file = Stream(text)
    assert [read_chunk(file) for _ in chunks] == [data for data, _ in chunks]
    assert read_chunk(file) == b""
    assert file.tell() == len(text)


@given(st.binary() | st.text("05afx;\r\n ").map(str.encode))
def test_any_bytes_as_chunks(data: bytes) -> None:
    """Whatever a client sends is a chunk or a BadChunk."""
    file = BytesIO(data)
    try:
        chunk = read_chunk(file)
    except BadChunk as error:
        assert isinstance(error, HTTPException)  # noqa: PT017 - any outcome will do
    else:
        assert chunk in data
