"""Parts of a multipart body, as they arrive (RFC 7578, RFC 2046).

The framing is the ``multipart`` library's; this module says what a part's
headers mean for an application, and what of them is not believed: a file name
is a base name, ``filename*``, Content-Transfer-Encoding and Content-Length of
parts are not used.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import multipart

from poorwsgi_forms.errors import FormError, FormTooLarge, PartHeaderTooLarge

__all__ = [
    "Limits",
    "Part",
    "PartCounter",
    "check_boundary",
    "clean_filename",
    "read_events",
    "read_parts",
]

# PERF: larger blocks are mapped anew for each read by the malloc of glibc.
BLOCK_SIZE = 98304
MAX_HEADERS = 8
MAX_HEADER_SIZE = 4224
MAX_NAME = 4096
MAX_PREAMBLE = 65536
_LENGTH = b"content-length"
_IGNORED = "Length-Ignored"
_DISPOSITION = b"Content-Disposition: "
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,199}[0-9A-Za-z'()+_,\-./:=?]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")

Headers: TypeAlias = list[tuple[str, str]]
"""Headers of a part, as pairs of name, in title case, and value."""


class Limits(NamedTuple):
    """Limits of a form; ``None`` switches one off.

    Attributes:
        max_form_parts: fields and files together.
        max_form_files: files.
        max_form_memory_size: bytes of all fields that are not files.
    """

    max_form_parts: int | None = 1000
    max_form_files: int | None = 100
    max_form_memory_size: int | None = 500_000


def check_boundary(boundary: str) -> bytes:
    """Encode a boundary of 1 to 200 characters that RFC 2046 §5.1.1 allows.

    Raises:
        FormError: it is another one, or there is none.
    """
    if not _BOUNDARY.fullmatch(boundary):
        raise FormError(f"Invalid boundary in multipart form: {boundary[:80]!r}")
    return boundary.encode()


def clean_filename(filename: str) -> str:
    r"""Reduce a file name to its base name, without control characters.

    Both ``/`` and ``\`` separate; what is no name at all becomes ``file``.
    """
    name = _CONTROLS.sub("", filename.replace("\\", "/").rpartition("/")[2]).strip()
    return "file" if name in ("", ".", "..") else name


def parse_head(headers: Headers) -> tuple[str, str | None, str | None, str]:
    """Return disposition, name, file name as sent, and content type of a part.

    Raises:
        FormError: a name is longer than 4096 characters.
    """
    disposition, content_type = "", ""
    name = filename = None
    for header, value in headers:
        if header == "Content-Disposition":
            disposition, name, filename = multipart.parse_content_disposition(value)
            # PERF: what is escaped gets shorter.
            if len(value) > MAX_NAME:
                _check_names(name, filename)
        elif header == "Content-Type" and not content_type:
            content_type = value
    return disposition, name, filename or None, content_type or "text/plain"


def _check_names(*names: str | None) -> None:
    if max(len(name or "") for name in names) > MAX_NAME:
        raise FormError(f"A name in the form is longer than {MAX_NAME} characters")


class Part:
    """Headers of a part, and its content as an iterator of chunks.

    Attributes:
        name: name of the field.
        filename: base name of the file, ``None`` for a field without one.
        content_type: as sent, ``text/plain`` when missing.
        headers: pairs of name and value.
    """

    def __init__(self, headers: Headers) -> None:
        _, self.name, filename, self.content_type = parse_head(headers)
        self.filename = None if filename is None else clean_filename(filename)
        self.headers = headers
        self._chunks: Iterator[bytes] = iter(())

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def attach(self, chunks: Iterator[bytes]) -> None:
        """Give the part its content; the reader does."""
        self._chunks = chunks

    def read(self) -> bytes:
        """Read what is left of the content."""
        return b"".join(self._chunks)


class _Segment(Headers):
    """The headers of a part, with what the library notes about it."""

    bytes_received = 0
    complete = False


class _Parser(multipart.PushMultipartParser):
    """Takes any kind of multipart, and no word of a part about its length."""

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


def read_events(
    read: Callable[[int], bytes], boundary: bytes
) -> Iterator[Headers | bytes | None]:
    """Parse a body: headers, chunks, ``None`` at the end of a part, and so on.

    What follows the closing delimiter is read to its end and dropped.

    Raises:
        FormError: the body is malformed or ends early, or more than 64 KiB
            stand before its first delimiter.
        PartHeaderTooLarge: more than 8 headers in a part, or over 4224 bytes.
    """
    try:
        parser = _Parser(
            boundary, max_header_count=MAX_HEADERS, max_header_size=MAX_HEADER_SIZE
        )
        chunk = _read_head(read, b"--" + boundary)
        while chunk:
            yield from parser.parse(chunk)
            chunk = read(BLOCK_SIZE)
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


def too_many_fields(limit: str, value: int) -> FormTooLarge:
    """Build the error of a form with more fields than a limit allows."""
    return FormTooLarge(
        limit, value, f"Max number of fields exceeded: {limit} = {value}"
    )


class PartCounter:
    """Counts the parts against the limits."""

    def __init__(self, limits: Limits, parts_limit: str = "max_form_parts") -> None:
        self._limits = limits
        self._parts_limit = parts_limit
        self._parts = 0
        self._files = 0
        self._memory = 0

    def add_part(self, filename: str | None) -> None:
        """Count a part that begins.

        Raises:
            FormTooLarge: it is one too many.
        """
        self._parts += 1
        most_parts, most_files, _ = self._limits
        if most_parts is not None and self._parts > most_parts:
            raise too_many_fields(self._parts_limit, most_parts)
        if filename:
            self._files += 1
            if most_files is not None and self._files > most_files:
                raise FormTooLarge("max_form_files", most_files)

    def add_memory(self, size: int) -> None:
        """Count bytes of a field that is kept in memory.

        Raises:
            FormTooLarge: they are too many.
        """
        self._memory += size
        limit = self._limits.max_form_memory_size
        if limit is not None and self._memory > limit:
            raise FormTooLarge("max_form_memory_size", limit)


def read_parts(
    read: Callable[[int], bytes], boundary: bytes, limits: Limits
) -> Iterator[Part]:
    """Hand out the parts of a body one after the other, while it arrives.

    Content of a part that is not read is skipped when the next one is asked
    for.

    Raises:
        FormError: see ``read_events``.
        FormTooLarge: too many parts, or too much in those that are not files.
    """
    events = read_events(read, boundary)
    counter = PartCounter(limits)
    for event in events:
        if isinstance(event, list):
            part = Part(event)
            counter.add_part(part.filename)
            chunks = _chunks_of(events, counter if part.filename is None else None)
            part.attach(chunks)
            yield part
            for _ in chunks:
                pass


def _chunks_of(
    events: Iterator[Headers | bytes | None],
    counter: PartCounter | None,
) -> Iterator[bytes]:
    for event in events:
        if not isinstance(event, bytes):
            return
        if counter is not None:
            counter.add_memory(len(event))
        yield event
