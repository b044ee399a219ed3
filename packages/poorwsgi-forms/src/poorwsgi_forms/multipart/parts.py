"""Parts of a multipart body, as they arrive (RFC 7578, RFC 2046).

What a part's headers mean for an application, and what of them is not believed:
a file name is a base name, Content-Transfer-Encoding and Content-Length of parts are
not used.  ``disposition`` knows how names are written, ``framing`` where a part
begins and ends.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple

from poorwsgi_forms.errors import FormError, FormTooLarge
from poorwsgi_forms.multipart.disposition import parse_disposition
from poorwsgi_forms.multipart.events import Event, Headers

__all__ = [
    "MAX_NAME",
    "Limits",
    "Part",
    "PartCounter",
    "check_boundary",
    "clean_filename",
    "drop_controls",
    "find_leading_field",
    "parse_head",
    "read_parts",
    "too_many_fields",
    "valid_boundary",
]

MAX_NAME = 4096
_MAX_BOUNDARY = 200
_BOUNDARY = re.compile(r"[ -~]{0,200}[!-~]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


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


def valid_boundary(data: str | bytes) -> bool:
    """Tell whether a multipart boundary is 1 to 201 printable characters.

    RFC 2046 §5.1.1 allows fewer, and clients send ``*****`` and others.
    """
    text = data.decode("iso-8859-1") if isinstance(data, bytes) else data
    return _BOUNDARY.fullmatch(text) is not None


def check_boundary(boundary: str) -> bytes:
    """Encode a boundary of at most 200 characters.

    Raises:
        FormError: it is not valid, or longer.
    """
    if len(boundary) > _MAX_BOUNDARY or not valid_boundary(boundary):
        raise FormError(f"Invalid boundary in multipart form: {boundary[:80]!r}")
    return boundary.encode()


def drop_controls(text: str) -> str:
    """Leave out control characters, which no field of an answer may have."""
    # PERF: hardly any text has one.
    return text if text.isprintable() else _CONTROLS.sub("", text)


def clean_filename(filename: str) -> str:
    r"""Reduce a file name to its base name, without control characters.

    Both ``/`` and ``\`` separate; what is no name at all becomes ``file``.
    """
    name = drop_controls(filename.replace("\\", "/").rpartition("/")[2]).strip()
    return "file" if name in ("", ".", "..") else name


def parse_head(headers: Headers) -> tuple[str, str | None, str | None, str]:
    """Return disposition, name, file name as sent, and content type of a part.

    Raises:
        FormError: a name is longer than 4096 characters, or can't be read.
    """
    disposition, content_type = "", ""
    name = filename = None
    for header, value in headers:
        if header == "Content-Disposition":
            disposition, name, filename = parse_disposition(value)
            # PERF: what is escaped gets shorter.
            if len(value) > MAX_NAME:
                _check_names(name, filename)
        elif header == "Content-Type" and not content_type:
            content_type = drop_controls(value)
    return disposition, name, filename, content_type or "text/plain"


def _check_names(*names: str | None) -> None:
    if max(len(name or "") for name in names) > MAX_NAME:
        raise FormError(f"A name in the form is longer than {MAX_NAME} characters")


class Part:
    """Headers of a part, and its content as an iterator of chunks.

    Attributes:
        name: name of the field.
        filename: base name of the file, ``None`` for a field without one.
        content_type: as sent but for control characters, ``text/plain`` when missing.
        headers: pairs of name and value.
    """

    def __init__(self, headers: Headers) -> None:
        _, self.name, filename, self.content_type = parse_head(headers)
        self.filename = clean_filename(filename) if filename else None
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
    # Imported here: not every application has uploads, and this is slow to import.
    from poorwsgi_forms.multipart.framing import read_events

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
    events: Iterator[Event],
    counter: PartCounter | None,
) -> Iterator[bytes]:
    for event in events:
        if not isinstance(event, bytes):
            return
        if counter is not None:
            counter.add_memory(len(event))
        yield event


def find_leading_field(head: bytes, boundary: bytes, name: str) -> str | None:
    """Find a text field in the first bytes of a body, before any file.

    What is wrong with the body is left to who reads it.
    """
    try:
        for part in read_parts(BytesIO(head).read, boundary, Limits()):
            if part.filename is not None:
                break
            if part.name == name:
                return part.read().decode(errors="replace")
    except FormError:
        pass
    return None
