"""Where the parts of a multipart body begin and end (RFC 2046 §5.1.1).

The ``multipart`` library parses.  Here stands what is different: any kind of
multipart, a preamble of limited size, no word of a part about its length, and
parts without a body, whose headers the next delimiter follows at once.
"""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain
from typing import TypeAlias, cast

import multipart

from poorwsgi_forms.errors import FormError, PartHeaderTooLarge

__all__ = ["Event", "Headers", "read_events"]

# PERF: larger blocks are mapped anew for each read by the malloc of glibc.
BLOCK_SIZE = 98304
MAX_HEADERS = 8
MAX_HEADER_SIZE = 4224
MAX_PREAMBLE = 65536
_LENGTH = b"content-length"
_IGNORED = "Length-Ignored"
_DASH = ord("-")
_DISPOSITION = b"Content-Disposition: "

Headers: TypeAlias = list[tuple[str, str]]
"""Headers of a part, as pairs of name, in title case, and value."""

Event: TypeAlias = Headers | bytes | None
"""Headers when a part begins, chunks of its content, ``None`` at its end."""


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

    def __init__(self, boundary: bytes) -> None:
        super().__init__(
            boundary, max_header_count=MAX_HEADERS, max_header_size=MAX_HEADER_SIZE
        )

    def _on_segment_headerline(self, line: bytes) -> None:
        # The library sees a bare LF only where two reads meet.
        if b"\n" in line or b"\r" in line:
            raise multipart.ParserError("Invalid line break in segment header")
        # PERF: the usual header needs none of the library's checks.
        if (
            line.startswith(_DISPOSITION)
            and line.isascii()
            and len(line) <= MAX_HEADER_SIZE
            and not self._segment_headerlist
        ):
            text = line[len(_DISPOSITION) :].decode().lstrip(" \t")
            self._segment_headerlist.append(("Content-Disposition", text))
            return
        name, colon, value = line.partition(b":")
        if name.strip().lower() == _LENGTH:
            # As long as before, and counted, but not understood.
            line = _IGNORED.encode() + colon + value
        super()._on_segment_headerline(line)

    def _create_segment(self, headerlist: Headers) -> _Segment:
        # PERF: the library's own object of a part is not needed.
        return _Segment([header for header in headerlist if header[0] != _IGNORED])

    def _on_segment_payload(self, chunk: bytes) -> bytes:
        segment = self._segment
        # PERF: one byte tells most contents from a delimiter.
        if not segment.bytes_received:
            segment.bytes_received = 1
            self.is_in_doubt = chunk[0] == _DASH
        return chunk


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
    head, most = b"", MAX_PREAMBLE + len(delimiter)
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
