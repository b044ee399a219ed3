"""Responses that send a binary file, whole or in parts."""

import os
import stat
from collections.abc import Callable, Iterable
from errno import EISDIR, ENXIO
from functools import cache
from io import BytesIO, FileIO, TextIOBase
from typing import IO, TYPE_CHECKING, TypeAlias, cast

from poorwsgi_core.http.conditional import check_preconditions, is_range_current
from poorwsgi_core.http.dates import modified_to_http
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.http.ranges import parse_range
from poorwsgi_core.response.base import (
    BaseResponse,
    HeadersInput,
    HTTPException,
    RangesInput,
    log,
)
from poorwsgi_core.response.bodies import FileBlocks, IBytesIO, discard, read_first
from poorwsgi_core.response.head import NOT_MODIFIED_DENY
from poorwsgi_core.state import HTTP_NOT_MODIFIED, HTTP_OK, HTTP_PRECONDITION_FAILED

if TYPE_CHECKING:
    from _typeshed import StrPath
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["FileObjResponse", "FileResponse"]

_Opener: TypeAlias = Callable[[str, int], int]

_OCTET_STREAM = "application/octet-stream"

# Files that a read of doesn't fail, as far as one can tell.
_PLAIN = (FileIO, BytesIO)
_MAX_DATA = 1 << 20
_MAX_BEGIN = 8192
# Whose wrapper sends to the end of the file, also of one that has grown since its
# Content-Length was sent: uWSGI's, told by a variable, and the standard library's.
_UNBOUNDED_VARIABLE = "uwsgi.version"
_UNBOUNDED_MODULE = "wsgiref.util"


class FileObjResponse(BaseResponse):
    """An open binary file, from its current position.

    Of what is no file of the system, such as a pipe or a member of an archive, the
    begin is read before the head is sent: what fails until then is answered.

    Args:
        file_obj: readable binary file; it is closed when it has been sent.
        content_type: ``application/octet-stream`` when not given.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.

    Raises:
        AssertionError: the file is a text stream or not readable.
        TypeError: it is no file.
    """

    def __init__(
        self,
        file_obj: IO[bytes],
        content_type: str | None = None,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
    ) -> None:
        is_plain = isinstance(getattr(file_obj, "raw", file_obj), _PLAIN)
        if not is_plain and isinstance(cast("object", file_obj), TextIOBase):
            raise AssertionError("FileObjResponse takes a file opened in binary mode")
        if not hasattr(file_obj, "readable"):
            raise TypeError(
                f"FileObjResponse takes an open file, not {type(file_obj).__name__}: "
                "a path is for FileResponse, and bytes are for Response"
            )
        if not file_obj.readable():
            raise AssertionError("FileObjResponse takes a file open for reading")
        super().__init__(content_type or _OCTET_STREAM, headers, status_code)
        self._file = file_obj
        self._begin: list[bytes] = []
        self.needs_request = self._is_tried = not is_plain
        self._origin = file_obj.tell() if file_obj.seekable() else 0
        self._length = self._measure()
        if self._origin and self._length == 0:
            log.warning("The file stands at its end, so nothing is sent: seek(0) first")

    def _measure(self) -> int | None:
        if not self._file.seekable():
            log.debug("The length of a stream that can't seek is unknown")
            return None
        try:
            # Not by the descriptor: that of a gzip file is the compressed one's.
            size = self._file.seek(0, os.SEEK_END)
            self._file.seek(self._origin)
        except (OSError, ValueError) as error:
            log.debug("The length of the file is unknown: %s", error)
            return None
        return max(size - self._origin, 0)

    @property
    def content_length(self) -> int:
        """Length from the start position in bytes, 0 when unknown."""
        return self._length or 0

    @property
    def data(self) -> bytes:
        """Content from the start position, which is read to memory for it.

        Empty when it can't be read again.  More than 1 MiB is logged, because it
        isn't needed for the file to be sent.
        """
        if self._file.closed:
            log.warning("The file has been closed, its data are gone")
            return b""
        if not self._file.seekable():
            log.info("Data of a stream that can't seek are only sent")
            return b""
        if self.content_length > _MAX_DATA:
            log.warning("response.data reads %d bytes of a file", self.content_length)
        self._file.seek(self._origin)
        return self._file.read()

    def _sent_length(self) -> int | None:
        return super()._sent_length() if self._parts else self._length

    def prepare(self, environ: "WSGIEnvironment") -> None:
        """Read the begin of what may fail, unless nothing of it is sent.

        Raises:
            HTTPException: with a 416 response.
            Exception: whatever reading raises.
        """
        super().prepare(environ)
        if not self._is_tried or environ.get("REQUEST_METHOD") == "HEAD":
            return
        if self.is_bodiless or self._file.closed:
            return
        try:
            blocks = iter(lambda: self._file.read(_MAX_BEGIN) or b"", b"")
            self._begin = read_first(blocks)
            if self._file.seekable():
                self._file.seek(self._origin)
                self._begin = []
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        discard(self._file)

    def whole_file(self) -> IO[bytes] | None:
        """Return the file when all of it is sent, for ``wsgi.file_wrapper``."""
        if self._parts or self._origin or self._file.closed or not self._length:
            return None
        if not isinstance(getattr(self._file, "raw", self._file), FileIO):
            return None
        self._file.seek(0)
        return self._file

    def wrap(
        self, environ: "WSGIEnvironment", body: Iterable[bytes]
    ) -> Iterable[bytes]:
        """Let the server send a whole file itself, if it minds Content-Length.

        Returns:
            What its ``wsgi.file_wrapper`` made of the file, else *body*.
        """
        wrapper: Callable[[IO[bytes]], Iterable[bytes]] | None
        wrapper = environ.get("wsgi.file_wrapper")
        if wrapper is None or _UNBOUNDED_VARIABLE in environ:
            return body
        if getattr(wrapper, "__module__", "") == _UNBOUNDED_MODULE:
            return body
        file = self.whole_file()
        return body if file is None else wrapper(file)

    def __start_response__(self, start_response: "StartResponse") -> None:
        """Send the status and the headers.

        Raises:
            ValueError: the file has been closed.
        """
        if self._file.closed:
            raise ValueError(
                "The file has been closed before it was sent: open it without a "
                "with block, it is closed when it has been sent"
            )
        super().__start_response__(start_response)

    def __end_of_response__(self) -> Iterable[bytes]:
        """Return the file from its start position, or the resolved parts."""
        if self._file.closed:
            log.error("The file has been closed before it was sent")
            return IBytesIO()
        segments: list[bytes | tuple[int, int | None]]
        segments = [*self._begin, (0, self._length)]
        if self._framing is not None:
            segments = [*self._framing.segments()]
        elif self._parts:
            first, last = self._parts[0]
            segments = [(first, last + 1)]
        return FileBlocks(self._file, segments, self._origin)


class FileResponse(FileObjResponse):
    """A file by its path, with validators and ranges.

    ``Last-Modified`` comes from the modification time, a strong ``ETag`` from
    modification time in nanoseconds and size, unless *headers* have them.  In
    an application, conditional requests and ranges are answered automatically
    unless ``make_partial`` was called with ranges or the status is not 200.

    Args:
        path: the file.
        content_type: guessed from the name when not given; text is UTF-8 then.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.
        opener: opens the file, as that of ``open()`` does.

    Raises:
        IsADirectoryError: *path* is a directory.
        OSError: *path* can't be read, or is no regular file; of the class and
            with the ``errno`` that the system gave.
    """

    def __init__(
        self,
        path: "StrPath",
        content_type: str | None = None,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        *,
        opener: _Opener | None = None,
    ) -> None:
        file, status = _open_regular(path, opener or _open_checked)
        self._size = status.st_size
        try:
            kind = content_type or _find_guess()(path)
            super().__init__(file, kind, headers, status_code)
        except BaseException:
            file.close()
            raise
        self.path = path
        self.needs_request = self._automatic = status_code == HTTP_OK
        self._add_validators(status)

    def _add_validators(self, status: os.stat_result) -> None:
        """Add the fields by which a client asks for it again, or for parts of it."""
        validators = [
            ("Last-Modified", modified_to_http(status.st_mtime)),
            ("ETag", f'"{status.st_mtime_ns:x}-{status.st_size:x}"'),
        ]
        ranges = [("Accept-Ranges", "bytes")] if self._automatic else []
        own = self._headers
        if own is None:
            # PERF: there is nothing to compare with.
            fields = [*self._default_headers, *validators, *ranges]
            self._headers = Headers(fields, strict=False)
            return
        for name, value in validators:
            own.setdefault(name, value)
        for name, value in ranges:
            own[name] = value

    def _measure(self) -> int | None:
        # Of the same moment as the ETag, for the file may grow.  Those that the
        # system makes up while they are read say 0.
        return self._size or super()._measure()

    def make_partial(
        self, ranges: RangesInput | None = None, units: str = "bytes"
    ) -> None:
        """Offer partial content; with *ranges* the handler takes over."""
        if ranges is not None:
            self._automatic = False
        super().make_partial(ranges, units)

    def prepare(self, environ: "WSGIEnvironment") -> None:
        """Answer the request's conditions and its Range header.

        Raises:
            HTTPException: 412, or with a 416 response.
        """
        if self._automatic and self._status_code == HTTP_OK:
            self._evaluate(environ)
        super().prepare(environ)

    def _evaluate(self, environ: "WSGIEnvironment") -> None:
        method = environ.get("REQUEST_METHOD")
        if method not in ("GET", "HEAD"):
            return  # the handler has done its work, no condition can undo it
        etag = self.headers.get("ETag")
        modified = self.headers.get("Last-Modified")
        status = check_preconditions(environ, method, etag, modified)
        if status == HTTP_PRECONDITION_FAILED:
            self.close()
            raise HTTPException(HTTP_PRECONDITION_FAILED)
        if status == HTTP_NOT_MODIFIED:
            self.status_code = HTTP_NOT_MODIFIED
            for name in NOT_MODIFIED_DENY:
                del self.headers[name]
            return
        # A range is defined for GET alone (RFC 9110 §14.2).
        value = environ.get("HTTP_RANGE") if method == "GET" else None
        if value and is_range_current(environ.get("HTTP_IF_RANGE"), etag, modified):
            # The name of a unit has no case (RFC 9110 §14.1).
            ranges = parse_range(value.lower()).get("bytes")
            if ranges and not any(map(_is_inverted, ranges)):
                self.make_partial(ranges)


def _is_inverted(pair: tuple[int | None, int | None]) -> bool:
    start, end = pair
    return start is not None and end is not None and end < start


def _open_regular(path: "StrPath", opener: _Opener) -> tuple[IO[bytes], os.stat_result]:
    try:
        # It is what has been opened that counts, whatever the name means now.
        file = open(path, "rb", buffering=0, opener=opener)  # noqa: SIM115
        try:
            status = os.fstat(file.fileno())
            _check_regular(status)
        except BaseException:
            file.close()
            raise
    except OSError as error:
        raise type(error)(
            error.errno, f"Could not stat file {path!r}: {error.strerror}"
        ) from error
    except ValueError as error:
        raise OSError(f"Could not stat file {path!r}: {error}") from error
    return cast("IO[bytes]", file), status


def _open_checked(path: str, flags: int) -> int:
    # Opening some devices has an effect, and opening a pipe waits for a writer.
    _check_regular(os.stat(path))
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_regular(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(EISDIR, "it is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(ENXIO, "it is no regular file")


@cache
def _find_guess() -> "Callable[[StrPath], str]":
    # Imported here: few applications need the table before their first file.
    from poorwsgi_core.response.media_types import add_charset, guess_type

    return lambda path: add_charset(guess_type(path))
