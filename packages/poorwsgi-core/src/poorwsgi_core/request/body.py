"""The request body: bounded, buffered, and honest about broken ones.

Reads from ``wsgi.input`` never more than the declared length, never without a
size, and turns what goes wrong on the way into answers for the client: 400
when the body ends early or the connection is lost, 408 when it stalls, 413
when it is too large.  Knows nothing of what a body means.
"""

import logging
import re
from collections.abc import Callable, Iterator
from math import inf
from time import monotonic, sleep
from typing import Protocol

from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    HTTP_REQUEST_TIME_OUT,
)

__all__ = [
    "BadChunk",
    "BodyTimeout",
    "BodyTooLarge",
    "CachedInput",
    "CallableInput",
    "IncompleteBody",
    "InputStream",
    "parse_length",
    "read_chunk",
    "receive",
]

log = logging.getLogger("poorwsgi")

_MAX_CHUNK_LINE = 4096
_MAX_CHUNK_SIZE = 16 * 1024 * 1024
_MAX_TRAILERS = 100
_MOST_DIGITS = 18
_LARGEST_READ = 1024 * 1024
_POLL = 0.01
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?\r?\n", re.DOTALL)


class InputStream(Protocol):
    """What PEP 3333 promises of ``wsgi.input``, as far as it is used here."""

    def read(self, size: int = ..., /) -> bytes | None:
        """Read up to *size* bytes; ``None`` when there is nothing yet."""
        ...

    def readline(self, size: int = ..., /) -> bytes:
        """Read a line of at most *size* bytes."""
        ...


class IncompleteBody(HTTPException, ConnectionError, TimeoutError):
    """The body ended before its declared length: the client is gone (400)."""

    def __init__(self, missing: int | None = None, cause: object = None) -> None:
        reason = f"{missing} bytes are missing" if missing else cause
        super().__init__(HTTP_BAD_REQUEST, error=f"Incomplete request body: {reason}")


class BodyTimeout(HTTPException, TimeoutError):
    """The client sent nothing for too long (408)."""

    def __init__(self) -> None:
        super().__init__(HTTP_REQUEST_TIME_OUT, error="The request body stalled")


class BodyTooLarge(HTTPException):
    """The body is larger than a limit, which the message names (413)."""

    def __init__(self, limit: str, size: int) -> None:
        super().__init__(
            HTTP_REQUEST_ENTITY_TOO_LARGE,
            error=f"The request body exceeds {limit} = {size} bytes",
        )


class BadChunk(HTTPException, ValueError):
    """A chunk of a chunked body is malformed or too large (400)."""

    def __init__(self, reason: str) -> None:
        super().__init__(HTTP_BAD_REQUEST, error=f"Bad chunk: {reason}")


def parse_length(value: str | None) -> int:
    """Parse a Content-Length, -1 when there is none.

    Raises:
        HTTPException: 400, when it is not 1 to 18 digits (RFC 9110 §8.6).
    """
    if not value:
        return -1
    if len(value) > _MOST_DIGITS or not (value.isdigit() and value.isascii()):
        raise HTTPException(HTTP_BAD_REQUEST, error="Invalid Content-Length")
    return int(value)


class CachedInput:
    """Buffered reader over a binary stream, bounded by a declared size.

    Args:
        file: stream with ``read(size)``, such as ``wsgi.input``.
        size: bytes that belong to the body; ``None`` reads to the end of a
            stream that ends by itself (``wsgi.input_terminated``).
        block_size: bytes read from *file* at once.
        timeout: seconds without data before giving up, ``None`` for no limit
            and for taking an early end as the end.
        limit: name and value of a limit for bodies without a size.
    """

    def __init__(
        self,
        file: InputStream,
        size: int | None,
        block_size: int = 32768,
        timeout: float | None = 10.0,
        *,
        limit: tuple[str, int] | None = None,
    ) -> None:
        self.block_size = block_size
        self.timeout = timeout
        self._file = file
        self._left = size
        self._limit = limit
        self._received = 0
        self._buffer: bytes = b""
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes, or one block when negative.

        Returns:
            Fewer bytes than asked for only at the end of the body.

        Raises:
            IncompleteBody: the stream ended before the declared size.
            BodyTimeout: nothing came within *timeout*.
            BodyTooLarge: more came than the limit allows.
        """
        wanted = self.block_size if size < 0 else size
        # PERF: mostly nothing is buffered, and all comes at once.
        data = self._take(wanted) if self._buffer else self._pull(wanted)
        missing = wanted - len(data)
        if not missing or not data:
            return data
        parts = [data]
        while missing > 0:
            data = self._pull(missing)
            if not data:
                break
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def read_all(self) -> bytes:
        """Read all that is left."""
        return b"".join(self)

    def readline(self, size: int = -1) -> bytes:
        """Read up to and including the next CRLF, at most *size* bytes.

        A lone LF doesn't end a line.  A negative *size* means one block.
        """
        wanted = self.block_size if size < 0 else size
        seen = 0
        while True:
            start = self._position
            # One byte back: the CR may stand at the end of the last block.
            end = self._buffer.find(b"\r\n", start + max(seen - 1, 0), start + wanted)
            if end >= 0:
                return self._take(end + 2 - start)
            seen = len(self._buffer) - start
            if seen >= wanted:
                return self._take(wanted)
            data = self._pull(self.block_size)
            if not data:
                return self._take(wanted)
            self._buffer, self._position = self._buffer[start:] + data, 0

    def unread(self, data: bytes) -> None:
        """Put bytes back, to be read again first."""
        self._buffer = data + self._buffer[self._position :]
        self._position = 0

    def close(self) -> None:
        """Do nothing: ``wsgi.input`` is the server's."""

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(self.block_size), b"")

    def _take(self, size: int) -> bytes:
        data = self._buffer[self._position : self._position + size]
        self._position += len(data)
        if self._position == len(self._buffer):
            self._buffer, self._position = b"", 0
        return data

    def _pull(self, size: int) -> bytes:
        left = self._left
        size = min(size, _LARGEST_READ if left is None else min(left, _LARGEST_READ))
        if size <= 0:
            return b""
        data = self._receive(size)
        if left is not None:
            if not data and self.timeout is not None:
                raise IncompleteBody(left)
            self._left = left - len(data) if data else 0
        self._received += len(data)
        if self._limit is not None and self._received > self._limit[1]:
            raise BodyTooLarge(*self._limit)
        return data

    def _receive(self, size: int) -> bytes:
        """Read once; wait for a non-blocking stream until the timeout."""
        data = receive(self._file.read, size)
        if data is not None:
            return data
        deadline = inf if self.timeout is None else monotonic() + self.timeout
        while data is None:
            if monotonic() >= deadline:
                raise BodyTimeout
            sleep(_POLL)
            data = receive(self._file.read, size)
        return data


def receive(read: Callable[[int], bytes | None], size: int) -> bytes | None:
    """Read once, and turn what the server raises into an answer."""
    try:
        return read(size)
    except HTTPException:
        raise
    except TimeoutError as error:
        raise BodyTimeout from error
    except Exception as error:
        # A lost connection, or what a server thinks of broken framing.
        log.warning("The body can't be read: %s", error)
        raise IncompleteBody(cause=error) from error


class CallableInput:
    """Stream over a function that returns the next piece of a body.

    uWSGI hands out chunked bodies so (``uwsgi.chunked_read``).
    """

    def __init__(self, read_piece: Callable[[], bytes]) -> None:
        self._read_piece = read_piece
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """Read up to *size* bytes of the next piece."""
        data = self._rest or self._read_piece()
        if size < 0:
            size = len(data)
        self._rest = data[size:]
        return data[:size]

    def readline(self, size: int = -1, /) -> bytes:
        """Read like ``read``: lines are found by CachedInput."""
        return self.read(size)


def read_chunk(file: InputStream) -> bytes:
    """Read one chunk of a chunked body (RFC 9112 §7.1) from a raw stream.

    Chunk extensions are ignored, trailers of the last chunk skipped.

    Returns:
        The data of the chunk, empty for the last one.

    Raises:
        BadChunk: malformed size line, short chunk, or over 16 MiB; it is a
            ValueError.
        IncompleteBody: the connection was lost.
        BodyTimeout: the server gave up waiting.
    """
    match = _CHUNK_SIZE.fullmatch(_read_line(file))
    if match is None:
        raise BadChunk("the size line is not hexadecimal")
    size = int(match[1], 16)
    if size > _MAX_CHUNK_SIZE:
        raise BadChunk(f"{size} bytes, allowed are {_MAX_CHUNK_SIZE}")
    if size == 0:
        _skip_trailers(file)
        return b""
    parts: list[bytes] = []
    missing = size
    while missing:
        data = receive(file.read, missing)
        if not data:
            raise BadChunk(f"{missing} of {size} bytes are missing")
        parts.append(data)
        missing -= len(data)
    if _read_line(file).strip(b"\r\n"):
        raise BadChunk("the data are longer than their size")
    return b"".join(parts)


def _skip_trailers(file: InputStream) -> None:
    for _ in range(_MAX_TRAILERS + 1):
        if not _read_line(file).strip(b"\r\n"):
            return
    raise BadChunk(f"more than {_MAX_TRAILERS} trailers")


def _read_line(file: InputStream) -> bytes:
    line = receive(file.readline, _MAX_CHUNK_LINE) or b""
    if len(line) == _MAX_CHUNK_LINE and not line.endswith(b"\n"):
        raise BadChunk(f"a line is longer than {_MAX_CHUNK_LINE} bytes")
    return line
