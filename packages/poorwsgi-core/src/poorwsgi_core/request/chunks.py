"""Chunked bodies taken apart (RFC 9112 §7.1), where the server doesn't do it.

``ChunkDecoder`` is the framing alone and reads nothing: it says how many bytes of
data come next, and takes lines.  Data and lines are asked for one by one, because
a server that keeps its connection waits for whatever is read behind the last
chunk.  ``ChunkedInput`` reads for it.
"""

import re

from poorwsgi_core.request.body import BadChunk, CachedInput, InputStream

__all__ = ["ChunkDecoder", "ChunkedInput"]

_MAX_LINE = 4096
_MAX_SIZE = 16 * 1024 * 1024
_MAX_TRAILERS = 100
_MAX_EXCESS = 16 * 1024
_USUAL_LINE = 16
_AT_ONCE = 1024 * 1024
_TEXT = rb"[\t -~\x80-\xff]*\r\n"
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;%b|\r\n)" % _TEXT)
# As text: hardly anybody sends any.
_TRAILER = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:" + _TEXT


class ChunkDecoder:
    """The framing of one chunked body.

    While ``left`` is 0 and ``is_done`` is not set, it wants a line.  Extensions of
    chunks are ignored, trailers skipped.

    Attributes:
        left: bytes of the present chunk that are still to come.
        is_done: whether the last chunk and its trailers are over.
    """

    def __init__(self) -> None:
        self.left = 0
        self.is_done = False
        self._receive = ChunkDecoder._receive_size
        self._excess = 0
        self._trailers = 0

    def receive_line(self, line: bytes) -> None:
        """Take the next line with its end; an empty one is the end of the stream.

        Raises:
            BadChunk: it is malformed, or too long, or says too much.
        """
        if len(line) > _MAX_LINE or (len(line) == _MAX_LINE and line[-1:] != b"\n"):
            raise BadChunk(f"a line is longer than {_MAX_LINE} bytes")
        self._receive(self, line)

    def receive_data(self, size: int) -> None:
        """Count data of the chunk that have come; 0 is the end of the stream.

        Raises:
            BadChunk: the stream has ended.
        """
        if not size:
            raise BadChunk(f"{self.left} bytes are missing")
        self.left -= size

    def _receive_size(self, line: bytes) -> None:
        match = _SIZE.fullmatch(line)
        if match is None:
            raise BadChunk("no hexadecimal size" if line else "the last one is missing")
        size = int(match[1], 16)
        if size > _MAX_SIZE:
            raise BadChunk(f"{size} bytes, allowed are {_MAX_SIZE}")
        # Without this, extensions would be a body that no limit counts.
        excess = self._excess + len(line) - _USUAL_LINE - 2 * size
        self._excess = max(excess, 0)
        if excess > _MAX_EXCESS:
            raise BadChunk("more extensions than data")
        self.left = size
        self._receive = (
            ChunkDecoder._receive_end if size else ChunkDecoder._receive_trailer
        )

    def _receive_end(self, line: bytes) -> None:
        if line not in (b"\r\n", b""):
            raise BadChunk("the data are longer than their size")
        # At the end of the stream, the next line is what is missing.
        self._receive = ChunkDecoder._receive_size

    def _receive_trailer(self, line: bytes) -> None:
        # With the last chunk all has come (RFC 9112 §8), so that the stream may end.
        if line == b"\r\n" or line[-1:] != b"\n":
            self.is_done = True
            return
        self._trailers += 1
        if self._trailers > _MAX_TRAILERS:
            raise BadChunk(f"more than {_MAX_TRAILERS} trailers")
        if re.fullmatch(_TRAILER, line) is None:
            raise BadChunk("a trailer is no field that ends in CRLF")


class ChunkedInput(CachedInput):
    """Buffered reader over a chunked body as the client sent it.

    Args:
        file: stream with ``read(size)`` and ``readline(size)``; nothing behind the
            last chunk is asked for.
        block_size: bytes read at once.
        timeout: seconds without data before giving up, ``None`` for no limit.
        limit: name and value of a limit for the data.
    """

    is_decoding = True

    def __init__(
        self,
        file: InputStream,
        block_size: int = 32768,
        timeout: float | None = 10.0,
        *,
        limit: tuple[str, int] | None = None,
    ) -> None:
        super().__init__(file, None, block_size, timeout, limit=limit)
        self._decoder = ChunkDecoder()

    def read_chunk(self) -> bytes:
        """Read the rest of a chunk, or of what is buffered; empty at the end.

        Raises:
            BadChunk: the framing is malformed, or ends early; it is a ValueError.
            BodyTooLarge: more came than the limit allows.
        """
        if self._buffer:
            return self._take(len(self._buffer))
        parts = [self._pull(_AT_ONCE)]
        while self._decoder.left and parts[-1]:
            parts.append(self._pull(self._decoder.left))
        return b"".join(parts)

    def _receive(self, size: int) -> bytes:
        decoder = self._decoder
        while not decoder.left:
            if decoder.is_done:
                return b""
            decoder.receive_line(self._ask(self._file.readline, _MAX_LINE))
        data = super()._receive(min(size, decoder.left))
        decoder.receive_data(len(data))
        return data
