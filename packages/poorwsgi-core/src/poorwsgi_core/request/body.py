"""The request body: bounded, buffered, and honest about broken ones.

Reads from ``wsgi.input`` never more than the declared length, never without a
size, and turns what goes wrong on the way into answers for the client: 400
when the body ends early or the connection is lost, 408 when it stalls, 413
when it is too large.  Knows nothing of what a body means.
"""

import logging
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
    "BrokenBody",
    "CachedInput",
    "CallableInput",
    "IncompleteBody",
    "InputStream",
    "parse_length",
    "receive",
]

log = logging.getLogger("poorwsgi")

_MOST_DIGITS = 18
_LARGEST_READ = 1024 * 1024
_POLL = 0.01


class InputStream(Protocol):
    """What PEP 3333 promises of ``wsgi.input``, as far as it is used here."""

    def read(self, size: int = ..., /) -> bytes | None:
        """Read up to *size* bytes; ``None`` when there is nothing yet."""
        ...

    def readline(self, size: int = ..., /) -> bytes:
        """Read a line of at most *size* bytes."""
        ...


class BrokenBody(HTTPException):
    """The rest of the body won't come; the classes below say why.

    Attributes:
        reason: what happened, in words.
    """

    status = HTTP_BAD_REQUEST
    summary = "Broken request body"

    def __init__(self, reason: str) -> None:
        super().__init__(self.status, error=f"{self.summary}: {reason}")
        self.reason = reason


class IncompleteBody(BrokenBody, ConnectionError, TimeoutError):
    """The body ended before its declared length: the client is gone (400)."""

    summary = "Incomplete request body"


class BodyTimeout(BrokenBody, TimeoutError):
    """The client sent nothing for too long (408)."""

    status = HTTP_REQUEST_TIME_OUT
    summary = "The request body stalled"


class BadChunk(BrokenBody, ValueError):
    """A chunk of a chunked body is malformed or too large (400)."""

    summary = "Bad chunk"


class BodyTooLarge(HTTPException):
    """The body is larger than a limit, which the message names (413)."""

    def __init__(self, limit: str, size: int) -> None:
        super().__init__(
            HTTP_REQUEST_ENTITY_TOO_LARGE,
            error=f"The request body exceeds {limit} = {size} bytes",
        )


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

    is_decoding = False
    """Whether chunks are taken apart here, and not by the server."""

    is_lenient = False
    """Whether a body that broke off, or is too large, ends there without raising."""

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
        self._failure: BrokenBody | None = None
        self._buffer: bytes = b""
        self._position = 0

    @property
    def is_complete(self) -> bool:
        """Whether the end has been reached, and nothing is missing."""
        return self._left == 0 and self._failure is None

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
        try:
            while missing > 0:
                data = self._pull(missing)
                if not data:
                    break
                parts.append(data)
                missing -= len(data)
        except BrokenBody:
            self.unread(b"".join(parts))
            raise
        return b"".join(parts)

    def read_what_came(self, size: int) -> bytes:
        """Read up to *size* bytes of a body that may break off: that is an end, too.

        ``is_complete`` and ``check_whole`` tell it from the right one.

        Raises:
            BodyTooLarge: more came than the limit allows.
        """
        try:
            return self.read(size)
        except BrokenBody:
            return self._take(size)

    def read_chunk(self) -> bytes:
        """Read one block; empty at the end.

        Raises:
            BrokenBody: the body broke off.
            BodyTooLarge: more came than the limit allows.
        """
        return self.read()

    def check_whole(self) -> bool:
        """Raise what broke the body off, if anything did; a lenient one says no."""
        failure = self._failure
        if failure is None:
            return True
        if self.is_lenient:
            return False
        # The one that is kept is never raised: it would hold its callers.
        raise type(failure)(failure.reason)

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

    def feed(self, data: bytes) -> None:
        """Take bytes that somebody else has read from the source."""
        if self._left is not None:
            self._left -= len(data)
        self._received += len(data)
        self._buffer = self._buffer[self._position :] + data
        self._position = 0

    def fail(self, failure: BrokenBody) -> None:
        """Break off: nothing more is read from the source."""
        reason = failure.reason.encode("unicode_escape").decode()
        log.warning("The body broke off: %s", reason)
        self._failure = type(failure)(failure.reason)

    def close(self) -> None:
        """Do nothing: ``wsgi.input`` is the server's."""

    def tell(self) -> int:
        """Return how many bytes have been handed out."""
        return self._received - (len(self._buffer) - self._position)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(self.block_size), b"")

    def _take(self, size: int) -> bytes:
        data = self._buffer[self._position : self._position + size]
        self._position += len(data)
        if self._position == len(self._buffer):
            self._buffer, self._position = b"", 0
        return data

    def _pull(self, size: int) -> bytes:
        """Read once; empty at the end."""
        left = self._left
        size = min(size, _LARGEST_READ if left is None else min(left, _LARGEST_READ))
        if size <= 0 or not self.check_whole():
            return b""
        try:
            data = self._receive(size)
            if data:
                self._received += len(data)
            elif left and self.timeout is not None:
                raise IncompleteBody(f"{left} bytes are missing")
        except BrokenBody as failure:
            self.fail(failure)
            if self.is_lenient:
                return b""
            raise
        if self._limit is not None and self._received > self._limit[1]:
            if self.is_lenient:
                return b""
            raise BodyTooLarge(*self._limit)
        if left is not None:
            self._left = left - len(data)
        elif not data:
            self._left = 0
        return data

    def _receive(self, size: int) -> bytes:
        """Read once, at most *size* bytes."""
        return self._ask(self._file.read, size)

    def _ask(self, read: Callable[[int], bytes | None], size: int) -> bytes:
        """Call once; wait for a non-blocking stream until the timeout."""
        data = receive(read, size)
        if data is not None:
            return data
        deadline = inf if self.timeout is None else monotonic() + self.timeout
        while data is None:
            if monotonic() >= deadline:
                raise BodyTimeout(f"nothing came for {self.timeout} seconds")
            sleep(_POLL)
            data = receive(read, size)
        return data


def receive(read: Callable[[int], bytes | None], size: int) -> bytes | None:
    """Read once, and turn what the server raises into an answer."""
    try:
        return read(size)
    except HTTPException:
        raise
    except TimeoutError as error:
        raise BodyTimeout("the server gave up waiting") from error
    except Exception as error:
        # A lost connection, or what a server thinks of broken framing.
        raise IncompleteBody(str(error)) from error


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
