"""What a request says about its body, and the ways to read it.

A small body is read at once, and kept, so that it can be looked at in any order.
A large one is read block by block, and once.  Every way goes through one stream,
which never gives a body that broke off for a whole one: ``read(n)`` alone ends
there without an exception, and ``is_body_complete`` tells.
"""

from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from math import inf

from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.body import (
    BodyTooLarge,
    BrokenBody,
    CachedInput,
    CallableInput,
    parse_length,
    receive,
)
from poorwsgi_core.request.simple import SimpleRequest, log
from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import HTTP_NOT_IMPLEMENTED, deprecated

__all__ = ["RequestContent"]

_DEFAULT_BLOCK = 32768
_AT_ONCE = 1024 * 1024


class RequestContent(SimpleRequest):
    """The part of a request that reads its body; nothing before it is asked for."""

    _is_taken = False

    @lazy
    def content_length(self) -> int:
        """Content-Length in bytes, -1 when not sent.

        Raises:
            HTTPException: 400, when it is not 1 to 18 digits (RFC 9110 §8.6).
        """
        try:
            return parse_length(self._environ.get("CONTENT_LENGTH"))
        except HTTPException:
            if self.lenient:
                return -1
            raise

    @property
    def is_body_request(self) -> bool:
        """Whether a body of known length was sent."""
        return self.content_length > 0

    @property
    def is_chunked(self) -> bool:
        """Whether the body is chunked (RFC 9112 §7.1)."""
        value: str = self._environ.get("HTTP_TRANSFER_ENCODING", "")
        return value.strip(" \t").lower() == "chunked"

    def check_transfer_coding(self) -> None:
        """Refuse a coding of the whole body other than ``chunked``.

        Raises:
            HTTPException: 501 (RFC 9112 §6.1); what came would pass for the body.
        """
        coding: str = self._environ.get("HTTP_TRANSFER_ENCODING", "")
        if coding and not self.is_chunked:
            error = f"Transfer-Encoding {coding[:40]!r} is not supported"
            raise HTTPException(HTTP_NOT_IMPLEMENTED, error=error)

    @property
    @deprecated("Use is_chunked since 2.6: it is the shorter name.")
    def is_chunked_request(self) -> bool:
        """Whether the body is chunked."""
        return self.is_chunked

    @property
    def is_body_complete(self) -> bool:
        """Whether the whole body has come; known when it has been read to its end.

        ``False`` before that, and for a body that ended early.  ``True`` when the
        request has none.
        """
        if self.content_length <= 0 and not self.is_chunked:
            return True
        known = self.__dict__
        if known.get("_kept") is not None:
            return True
        return "_stream" in known and self._stream.is_complete

    @lazy
    def _stream(self) -> CachedInput:
        """The body, bounded; all reading goes through here."""
        app, environ, length = self._app, self._environ, self.content_length
        most = app.max_content_length
        limit = None if most is None else ("max_content_length", most)
        if limit is not None and length > limit[1]:
            if self.lenient:
                return CachedInput(BytesIO(), 0)
            raise BodyTooLarge(*limit)
        file = environ.get("wsgi.input") or BytesIO()
        size: int | None = max(length, 0)
        block = app.cached_size or _DEFAULT_BLOCK
        # Without a limit an early end must not pass for the end.
        timeout = inf if app.read_timeout is None else app.read_timeout
        if length < 0 and self.is_chunked:
            size = None
            if "uwsgi.version" in environ:
                file = CallableInput(_uwsgi_chunked_read())
            elif not environ.get("wsgi.input_terminated"):
                from poorwsgi_core.request.chunks import ChunkedInput

                return ChunkedInput(file, block, timeout, limit=limit)
        return CachedInput(file, size, block, timeout, limit=limit)

    @lazy
    def _kept(self) -> bytes | None:
        """The whole body, when it fits in ``data_size`` or is in memory."""
        app, length = self._app, self.content_length
        if length <= 0:
            if length == 0 or not self.is_chunked:
                return b""
            return self._keep(app.data_size) if app.auto_data else None
        file, limit = self._environ.get("wsgi.input"), app.max_content_length
        is_small = app.auto_data and length <= app.data_size
        if not is_small and not isinstance(file, BytesIO):
            return None
        if file is None or length > _AT_ONCE or (limit is not None and length > limit):
            return self._keep(length)
        # PERF: a small body is mostly there, and needs no buffered reader.
        try:
            data = receive(file.read, length) or b""
        except BrokenBody as failure:
            self._stream.fail(failure)
            return None
        if len(data) == length:
            return data
        self._stream.feed(data)
        return self._keep(length)

    def _keep(self, size: int) -> bytes | None:
        """Read the body if it is whole and has at most *size* bytes."""
        stream = self._stream
        # The end of chunks shows only when more is asked for.
        data = stream.read_what_came(size + 1)
        if stream.is_complete and len(data) <= size:
            return data
        stream.unread(data)
        return None

    @lazy
    def _file(self) -> "BytesIO | CachedInput":
        return self._stream if self._kept is None else BytesIO(self._kept)

    def _open_body(self) -> "BytesIO | CachedInput":
        if self.lenient:
            self._stream.is_lenient = True
        return self._file

    @property
    def input(self) -> "BytesIO | CachedInput":
        """The body as a file: in memory when small, else read block by block.

        Reading it raises where the body ends early, so that whoever it is handed
        to needn't ask.

        Raises:
            HTTPException: 400, 408 or 413 for a body that can't be read.
        """
        return self._open_body()

    @property
    def data(self) -> bytes | None:
        """The whole body, ``None`` when it is larger than ``data_size``.

        Without a body it is empty.  The position of ``input`` is at the start
        afterwards.

        Raises:
            HTTPException: 400, 408 or 413 for a body that can't be read; where
                the request is ``lenient``, it is empty then.
        """
        file = self._open_body()
        if isinstance(file, BytesIO):
            file.seek(0)
        elif not file.check_whole():
            return b""
        return self._kept

    def read_whole(self, name: str, limit: int | None) -> bytes:
        """Read the whole body, for a parser that needs it at once.

        Args:
            name: of the setting that limits it.
            limit: most bytes, ``None`` for any number.

        Raises:
            BodyTooLarge: it has more; known before anything is read when the
                client sent a length.
            HTTPException: 400 or 408 for a body that can't be read.
        """
        if limit is not None and self.content_length > limit:
            raise BodyTooLarge(name, limit)
        data = self._kept
        if data is None:
            data = self._read_blocks(limit)
        if limit is not None and len(data) > limit:
            raise BodyTooLarge(name, limit)
        return data

    def _read_blocks(self, limit: int | None) -> bytes:
        """Read all, or a little more than the limit."""
        self._is_taken = True
        blocks: list[bytes] = []
        left = inf if limit is None else limit
        for block in self._stream:
            blocks.append(block)
            left -= len(block)
            if left < 0:
                break
        return b"".join(blocks)

    def _check_unread(self) -> bool:
        """Tell whether there is a body; say it in the log if nothing can come."""
        if self.content_length <= 0 and not self.is_chunked:
            log.error("The request has no body to read")
            return False
        if self._is_taken:
            log.error("The body was read before, and is too large to be kept")
        return True

    def read(self, length: int = -1) -> bytes:
        """Read up to *length* bytes of the body, all that is left when negative.

        Returns:
            Empty at the end, which a body that ends early has too: ask
            ``is_body_complete``.  Empty with an ERROR when there is no body.

        Raises:
            HTTPException: 413 for a body that is too large; 400 or 408 for one
                that ends early, if *length* is negative.
        """
        if not self._check_unread():
            return b""
        source = self._open_body()
        if isinstance(source, BytesIO):
            return source.read(length)
        return source.read_all() if length < 0 else source.read_what_came(length)

    def read_chunk(self) -> bytes:
        """Read the next chunk of a chunked body, empty at the end.

        Where the server has taken the chunks apart, or the body has been looked at
        and kept, it is the next block of at most ``cached_size`` bytes.

        Raises:
            ValueError: a malformed chunk; it is answered 400.
            HTTPException: 400, 408 or 413 for a body that can't be read.
        """
        if not self._check_unread():
            return b""
        if "_kept" not in self.__dict__ and self._stream.is_decoding:
            # Who reads chunk by chunk waits for no more than one.
            self._kept = None
        source = self._file
        if isinstance(source, BytesIO):
            return source.read(self._app.cached_size or _DEFAULT_BLOCK)
        return source.read_chunk()


def _uwsgi_chunked_read() -> Callable[[], bytes]:
    # The module exists only inside of a uWSGI process.
    read: Callable[[], bytes] = import_module("uwsgi").chunked_read
    return read
