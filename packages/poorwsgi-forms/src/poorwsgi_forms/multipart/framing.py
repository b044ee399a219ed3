"""Where the parts of a multipart body begin and end (RFC 2046 §5.1.1).

The ``multipart`` library parses.  Here stands what is different: any kind of
multipart, a preamble of limited size, no word of a part about its length, headers that
are no UTF-8, blanks behind a delimiter, and parts without a body, whose headers the
next delimiter follows at once.
"""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain
from typing import cast

import multipart

from poorwsgi_forms.errors import FormError, PartHeaderTooLarge
from poorwsgi_forms.multipart.events import BLOCK_SIZE, Event, Headers

__all__ = ["read_events"]

_MAX_HEADERS = 8
_MAX_HEADER_SIZE = 4224
_MAX_PREAMBLE = 65536
_LENGTH = b"content-length"
_IGNORED = "Length-Ignored"
_DASH = ord("-")
_DISPOSITION = b"Content-Disposition: "


class _Segment(Headers):
    """The headers of a part, with what the library notes about it."""

    bytes_received = 0
    complete = False


class _Parser(multipart.PushMultipartParser):
    """Takes any kind of multipart, and no word of a part about its length.

    Attributes:
        is_in_doubt: the content that just began may be a delimiter.
    """

    is_in_doubt = False
    _is_in_padding = False
    _has_length = False

    def __init__(self, boundary: bytes) -> None:
        super().__init__(
            boundary, max_header_count=_MAX_HEADERS, max_header_size=_MAX_HEADER_SIZE
        )

    def parse(self, chunk: bytes) -> Generator[Event, None, None]:
        """Parse a block that isn't empty; blanks behind a delimiter are skipped."""
        if self._is_in_padding:
            chunk = self._skip_padding(chunk)
        while chunk:
            carry, begun, segment = self._buffer, self._segment_count, self._segment
            try:
                # PERF: a body without such blanks isn't searched for them.
                yield from super().parse(chunk)
            except multipart.ParserError:
                data = carry + chunk
                in_headers = begun and segment is None
                start = _skip_headers(data, 0) if in_headers else 0
                blanks = self._find_padding(data, start, is_first=not begun)
                if blanks < 0:
                    raise
                if self._segment is not None:
                    yield None
                _Parser.__init__(self, self.boundary)
                chunk = self._skip_padding(data[blanks:])
            else:
                return

    def _find_padding(self, data: bytes, start: int, *, is_first: bool) -> int:
        """Find the blanks that stopped the library, -1 if it was something else.

        The text of a delimiter may stand in a header or at the start of a content, so
        the parts are gone through as the library does it.
        """
        if self._segment_count and self._segment is None:
            return -1  # it was a header
        delimiter = self._delimiter[2:] if is_first else self._delimiter
        index = data.find(delimiter, start)
        if is_first and index and not data.startswith(b"\r\n", index - 2):
            return -1
        end = index + len(delimiter)
        while data.startswith(b"\r\n", end):
            start = _skip_headers(data, end + 2)
            end = data.find(self._delimiter, start) + len(self._delimiter)
        return end if data.startswith((b" ", b"\t"), end) else -1

    def _skip_padding(self, data: bytes) -> bytes:
        """Go on with what stands behind the blanks, once it is there."""
        rest = data.lstrip(b" \t")
        self._is_in_padding = not rest
        if rest and not rest.startswith(b"\r"):
            raise multipart.ParserError("Unexpected bytes after boundary")
        return self._delimiter[2:] + rest if rest else b""

    def _on_segment_headerline(self, line: bytes) -> None:
        # The library sees a bare LF only where two reads meet.
        if b"\n" in line or b"\r" in line:
            raise multipart.ParserError("Invalid line break in segment header")
        # PERF: the usual header needs none of the library's checks.
        if (
            line.startswith(_DISPOSITION)
            and line.isascii()
            and len(line) <= _MAX_HEADER_SIZE
            and not self._segment_headerlist
        ):
            text = line[len(_DISPOSITION) :].decode().lstrip(" \t")
            self._segment_headerlist.append(("Content-Disposition", text))
            return
        name, colon, value = line.partition(b":")
        if name.strip().lower() == _LENGTH:
            # As long as before, and counted, but not understood.
            line = _IGNORED.encode() + colon + value
            self._has_length = True
        # Names of files come in the charset of the sender's system, too.
        super()._on_segment_headerline(line.decode(errors="replace").encode())

    def _create_segment(self, headerlist: Headers) -> _Segment:
        # PERF: the library's own object of a part is not needed, and few have a
        # header to be left out.
        if not self._has_length:
            return _Segment(headerlist)
        self._has_length = False
        return _Segment([header for header in headerlist if header[0] != _IGNORED])

    def _on_segment_payload(self, chunk: bytes) -> bytes:
        segment = self._segment
        # PERF: one byte tells most contents from a delimiter.
        if not segment.bytes_received:
            segment.bytes_received = 1
            self.is_in_doubt = chunk[0] == _DASH
        return chunk


def _skip_headers(data: bytes, start: int) -> int:
    """Return where the content begins behind header lines."""
    while (end := data.find(b"\r\n", start)) > start:
        start = end + 2
    return start + 2


def read_events(read: Callable[[int], bytes], boundary: bytes) -> Iterator[Event]:
    """Parse a body: headers, chunks, ``None`` at the end of a part, and so on.

    What follows the closing delimiter is read to its end and dropped.

    Raises:
        FormError: the body is malformed or ends early, or more than 64 KiB
            stand before its first delimiter.
        PartHeaderTooLarge: more than 8 headers in a part, or over 4224 bytes.
    """
    delimiter = b"--" + boundary
    try:
        parser = _Parser(boundary)
        rest = iter(partial(read, BLOCK_SIZE), b"")
        blocks = chain([_read_head(read, delimiter)], rest)
        # PERF: without a generator between the library's and this one.
        events = chain.from_iterable(map(parser.parse, blocks))
        for event in events:
            if not parser.is_in_doubt:
                yield event
                continue
            parser.is_in_doubt = False
            content = _content_of(cast("bytes", event), events)
            if (yield from _read_content(content, delimiter)):
                for _ in blocks:
                    pass
                return
        parser.close()
    except multipart.ParserLimitReached as error:
        raise PartHeaderTooLarge(f"Part header: {error}") from error
    except multipart.MultipartError as error:
        raise FormError(f"Malformed multipart body: {error}") from error


def _read_head(read: Callable[[int], bytes], delimiter: bytes) -> bytes:
    """Read until the first delimiter is there.

    Given piece by piece, the library would forget what stands before it, and
    take for a delimiter what only looks like one.
    """
    head, most = b"", _MAX_PREAMBLE + len(delimiter)
    while head.find(delimiter, 0, most) < 0:
        block = read(BLOCK_SIZE) if len(head) < most else b""
        if not block:
            raise FormError("Malformed multipart body: no boundary at its start")
        head += block
    return head


def _content_of(first: bytes, events: Iterator[Event]) -> Iterator[bytes]:
    """Hand out the content of a part, which must not end with the body."""
    yield first
    for event in events:
        if event is None:
            return
        yield cast("bytes", event)
    raise multipart.ParserError("Unexpected end of multipart stream")


def _read_content(
    content: Iterator[bytes], delimiter: bytes
) -> Generator[Event, None, bool]:
    """Read what the library takes for content, and may be a delimiter.

    If it is one, the part before it has no body, and up to the next delimiter
    that has a line break before it there is one more part.

    Returns:
        Whether it was the closing delimiter.
    """
    size = len(delimiter) + 2
    start = b""
    while len(start) < size and (chunk := next(content, b"")):
        start += chunk
    if start.startswith(delimiter):
        yield None
        if start.startswith(b"--", len(delimiter)):
            return True
        yield from _parse_part(chain([start], content), delimiter)
    else:
        yield start
        yield from content
        yield None
    return False


def _parse_part(chunks: Iterator[bytes], delimiter: bytes) -> Iterator[Event]:
    """Parse one part, from its delimiter to the end of its content."""
    parser, has_headers = _Parser(delimiter[2:]), False
    for chunk in chunks:
        for event in parser.parse(chunk):
            has_headers = True
            yield event
    if not has_headers:
        # The line break of its blank line went with the delimiter behind it.
        yield from parser.parse(b"\r\n")
    yield from parser.parse(b"\r\n" + delimiter + b"--")
    parser.close()
