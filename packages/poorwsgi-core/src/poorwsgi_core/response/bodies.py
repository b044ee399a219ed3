"""Body iterables: what a WSGI server reads after ``start_response``.

Knows nothing of responses or headers.  Everything here can be closed, and
closing passes on to what it was made of, as PEP 3333 asks.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import IO, cast

__all__ = [
    "ByteRanges",
    "FileBlocks",
    "IBytesIO",
    "Stream",
    "Together",
    "Watched",
    "close_body",
    "cut",
    "discard",
    "read_first",
]

log = logging.getLogger("poorwsgi")

_BLOCK_SIZE = 65536
_KILO = 1024


class IBytesIO(BytesIO):
    """BytesIO that iterates by blocks of 1024 bytes instead of lines."""

    __slots__ = ()

    def read_kilo(self) -> bytes:
        """Read the next 1024 bytes, fewer at the end."""
        return self.read(_KILO)

    def __iter__(self) -> Iterator[bytes]:
        return iter(partial(self.read, _KILO), b"")


def close_body(body: object) -> None:
    """Call ``close()`` of a body, if it has one."""
    close: Callable[[], object] | None = getattr(body, "close", None)
    if close is not None:
        close()


def discard(body: object) -> None:
    """Close what nobody is going to read; a failure is logged."""
    try:
        close_body(body)
    except Exception:
        log.exception("Closing %s failed", type(body).__name__)


class Stream:
    """Iterator over chunks of bytes, whose ``close`` reaches the sources.

    A generator alone would not do: closing one that has not started runs none
    of its code, so the sources would stay open.

    Attributes:
        describe: tells whose body it is, to name it when it fails.
    """

    __slots__ = ("_chunks", "_sources", "describe")

    def __init__(self, chunks: Iterator[bytes], *sources: object) -> None:
        self._chunks = chunks
        self._sources = sources
        self.describe: Callable[[], object] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
            if chunk.__class__ is not bytes:
                chunk = _to_bytes(chunk)
        except StopIteration:
            raise
        except Exception:
            # The head is on its way: all that is left is to cut the connection,
            # which the server does when it sees the exception.
            name = "" if self.describe is None else f" of {self.describe()}"
            log.exception("The body%s failed while it was sent", name)
            raise
        return chunk

    def close(self) -> None:
        """Close the chunks and the sources they come from, whatever one does."""
        discard(self._chunks)
        for source in self._sources:
            if source is not self._chunks:
                discard(source)


def read_first(chunks: Iterator[bytes]) -> list[bytes]:
    """Take the first chunk that isn't empty, if there is one.

    Raises:
        TypeError: it is no bytes, or a generator returns what nobody gets.
    """
    while True:
        try:
            chunk = next(chunks)
        except StopIteration as end:
            _check_end(end.value)
            return []
        data = _to_bytes(chunk)
        if data:
            return [data]


def _check_end(value: object) -> None:
    if value is not None:
        raise TypeError(
            f"A generator returned {type(value).__name__}, which nobody gets, for "
            "yield makes its body: yield it, or raise HTTPException(response)"
        )


def _to_bytes(chunk: object) -> bytes:
    """Return a chunk as bytes themselves: servers take, or send, nothing else.

    Raises:
        TypeError: it is something else; a server can't say whose it is.
    """
    if not isinstance(chunk, bytes | bytearray | memoryview):
        raise TypeError(
            f"The body yields {type(chunk).__name__}: yield bytes, such as "
            "text.encode(), or return StrGeneratorResponse(texts)"
        )
    return bytes(cast("bytes", chunk))


class Together:
    """A body, and what has to be closed when it is.

    Args:
        body: what is sent.
        others: answers that another one has replaced; it may be made of them.
    """

    __slots__ = ("_body", "_others")

    def __init__(self, body: Iterable[bytes], others: Sequence[object]) -> None:
        self._body = body
        self._others = others

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Close the body, then the others."""
        for body in (self._body, *self._others):
            discard(body)


class Watched:
    """A body, and what is to be called when it is closed.

    Args:
        body: what is sent.
        count: called with the length of each piece that the server gets.
        functions: called in order, each whatever the others do.
    """

    __slots__ = ("_body", "_count", "_functions")

    def __init__(
        self,
        body: Iterable[bytes],
        count: Callable[[int], None],
        functions: Sequence[Callable[[], object]],
    ) -> None:
        self._body = body
        self._count = count
        self._functions = functions

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._count(len(piece))
            yield piece

    def close(self) -> None:
        """Close the body and call the functions, once."""
        discard(self._body)
        functions, self._functions = self._functions, ()
        for function in functions:
            try:
                function()
            except Exception:
                log.exception("What was to be done after the answer failed")


def cut(chunks: Iterable[bytes], first: int, stop: int) -> Iterator[bytes]:
    """Forward the bytes of *chunks* from offset *first* up to before *stop*.

    Raises:
        EOFError: there are fewer; Content-Length is sent, so that only a connection
            that is cut tells the client.
    """
    position = 0
    for piece in chunks:
        chunk = _to_bytes(piece)
        start, position = position, position + len(chunk)
        if position <= first:
            continue
        if position >= stop:
            yield chunk[max(first - start, 0) : stop - start]
            return
        yield chunk[first - start :] if start < first else chunk
    raise EOFError(f"{stop - position} bytes less than content_length says")


class ByteRanges:
    """Framing of several ranges as multipart/byteranges (RFC 9110 §14.6).

    Args:
        ranges: inclusive ``(first, last)`` byte positions.
        content_type: type of the whole representation, may be empty.
        length: length of the whole representation in bytes.
    """

    def __init__(
        self, ranges: Sequence[tuple[int, int]], content_type: str, length: int
    ) -> None:
        boundary = os.urandom(12).hex()
        self.content_type = f"multipart/byteranges; boundary={boundary}"
        kind = f"Content-Type: {content_type}\r\n" if content_type else ""
        self._end = f"\r\n--{boundary}--\r\n".encode()
        self._parts = [
            (
                f"\r\n--{boundary}\r\n{kind}"
                f"Content-Range: bytes {first}-{last}/{length}\r\n\r\n".encode(),
                first,
                last + 1,
            )
            for first, last in ranges
        ]

    @property
    def content_length(self) -> int:
        """Length of the whole multipart body in bytes."""
        heads = sum(len(head) + stop - first for head, first, stop in self._parts)
        return heads + len(self._end)

    def segments(self) -> list[bytes | tuple[int, int]]:
        """List the body: framing as bytes, content as ``(start, stop)``."""
        segments: list[bytes | tuple[int, int]] = []
        for head, first, stop in self._parts:
            segments += [head, (first, stop)]
        return [*segments, self._end]


class FileBlocks:
    """Bounded iterator over parts of a binary file, in blocks of 64 KiB.

    It has no ``fileno`` on purpose: servers that find one send the file from
    wherever they like, past the end of a range.

    Args:
        file: binary file; positions count from its *origin*.
        segments: bytes to send as they are, and ``(start, stop)`` to read.
        origin: position in the file that counts as 0.
    """

    def __init__(
        self,
        file: IO[bytes],
        segments: Sequence[bytes | tuple[int, int | None]],
        origin: int = 0,
    ) -> None:
        self.file = file
        self._blocks = self._read_blocks(segments, origin)
        self._rest = b""

    def _read_blocks(
        self, segments: Sequence[bytes | tuple[int, int | None]], origin: int
    ) -> Iterator[bytes]:
        for segment in segments:
            if isinstance(segment, bytes):
                yield segment
                continue
            start, stop = segment
            if self.file.seekable():
                self.file.seek(origin + start)
            left = None if stop is None else stop - start
            while left is None or left > 0:
                size = _BLOCK_SIZE if left is None else min(_BLOCK_SIZE, left)
                block = self.file.read(size)
                if not block:
                    self._check_end(left)
                    return
                left = None if left is None else left - len(block)
                yield block

    def _check_end(self, left: int | None) -> None:
        if left is not None:
            # Content-Length is sent: only a connection that is cut tells the
            # client, and the next answer must not be read as the rest of this one.
            reason = f"The file has shrunk: {left} bytes can't be sent any more"
            log.error(reason)
            raise EOFError(reason)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._rest:
            block, self._rest = self._rest, b""
            return block
        return next(self._blocks)

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes, all that is left when negative."""
        if size < 0:
            return b"".join(self)
        block = next(self, b"")
        self._rest = block[size:]
        return block[:size]

    def close(self) -> None:
        """Close the file."""
        discard(self.file)
