"""The documented parser of forms: a stream and headers in, FieldStorage out.

Framing of multipart bodies is in ``poorwsgi_forms.multipart``, that of urlencoded
ones in core; this module puts fields together, and decides where their content
goes: text into memory, files into memory while they are small, then into
temporary files, or into what ``file_callback`` returns.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO, TextIOWrapper
from typing import IO, Any, Protocol, cast

from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.http.urlencoded import TooManyFields, fill_plain, parse_pairs
from poorwsgi_core.request.arguments import collect_values
from poorwsgi_forms.errors import FormError, FormTooLarge
from poorwsgi_forms.form.fields import FieldStorage
from poorwsgi_forms.multipart.events import BLOCK_SIZE, Headers
from poorwsgi_forms.multipart.parts import (
    Limits,
    PartCounter,
    check_boundary,
    clean_filename,
    parse_head,
    too_many_fields,
)

__all__ = ["URLENCODED", "FieldStorageParser", "UploadFile", "parse_urlencoded"]

URLENCODED = "application/x-www-form-urlencoded"


class UploadFile(Protocol):
    """What a ``file_callback`` returns; ``read`` only for ``value``."""

    def write(self, data: bytes, /) -> Any:
        """Take the next piece of the content."""
        ...

    def seek(self, offset: int, /) -> Any:
        """Go to a position; the parser rewinds to 0 at the end."""
        ...

    def close(self) -> Any:
        """Release the file."""
        ...


def parse_urlencoded(
    body: bytes,
    keep_blank_values: bool | int = 0,
    strict_parsing: bool | int = 0,
    max_fields: int | None = None,
    *,
    limit: str = "max_form_parts",
    encoding: str = "utf-8",
    errors: str = "replace",
    separator: str = "&",
) -> FieldStorage:
    """Parse an urlencoded body.

    Raises:
        FormError: a malformed field with *strict_parsing*.
        FormTooLarge: more fields than *max_fields*, which *limit* names.
    """
    text = body.decode(encoding, errors)
    values: dict[str, Any] = {}
    pairs: Iterable[tuple[str, str]] | None = None
    plain = not (keep_blank_values or strict_parsing)
    usual = encoding == "utf-8" and errors == "replace" and separator == "&"
    if not (plain and usual and fill_plain(values, text, max_fields)):
        try:
            pairs = parse_pairs(
                text,
                keep_blank_values=keep_blank_values,
                strict_parsing=strict_parsing,
                max_fields=max_fields,
                encoding=encoding,
                errors=errors,
                separator=separator,
            )
        except TooManyFields as error:
            raise too_many_fields(limit, error.limit) from error
        except ValueError as error:
            raise FormError(f"Malformed form: {error}") from error
        values = collect_values(pairs)
    form = FieldStorage.from_texts(values, pairs)
    form.type = URLENCODED
    form.length = form.bytes_read = len(body)
    return form


class FieldStorageParser:
    """Parses a form, or any other body into one field.

    Args:
        input_: binary stream with ``read(size)``.
        headers: mapping with Content-Type and Content-Length.
        outerboundary: boundary of the multipart around this body.
        keep_blank_values: 1 keeps urlencoded fields without a value.
        strict_parsing: 1 refuses malformed urlencoded fields.
        limit: most bytes to read.
        encoding: of the text fields.
        errors: what is done with octets that *encoding* doesn't know.
        max_num_fields: most fields, ``None`` for *limits* alone.
        separator: between urlencoded fields.
        file_callback: called with the file name of each upload; returns where
            its content goes.
        limits: limits of the form, by default those of an application.
    """

    BUFSIZE = 8192
    """Bytes of an upload that are kept in memory before it goes to a file."""

    def __init__(
        self,
        input_: Any = None,
        headers: Any = None,
        outerboundary: bytes = b"",
        keep_blank_values: bool | int = 0,
        strict_parsing: bool | int = 0,
        limit: int | None = None,
        encoding: str = "utf-8",
        errors: str = "replace",
        max_num_fields: int | None = None,
        separator: str = "&",
        file_callback: Callable[[str], UploadFile] | None = None,
        *,
        limits: Limits = Limits(),  # noqa: B008 - a tuple
    ) -> None:
        text = isinstance(cast("object", input_), TextIOWrapper)
        self.input: Any = input_.buffer if text else input_
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.outerboundary = outerboundary
        self.innerboundary = b""
        self.keep_blank_values = keep_blank_values
        self.strict_parsing = strict_parsing
        self.limit = limit
        self.encoding = encoding
        self.errors = errors
        self.max_num_fields = max_num_fields
        self.separator = separator
        self.file_callback = file_callback
        self.limits = limits
        self.filename: str | None = None
        self.length = -1
        self.bytes_read = 0
        self.done = 0

    def parse(self) -> FieldStorage:
        """Read the whole body and return the form.

        Files are closed when the parsing fails.

        Raises:
            FormError: a broken body, or one over a limit; it is a ValueError.
        """
        disposition, options = parse_header(self._header("Content-Disposition"))
        filename = options.get("filename")
        own_name = self.filename = clean_filename(filename) if filename else None
        kind, parameters = parse_header(self._header("Content-Type") or URLENCODED)
        length = self._header("Content-Length")
        if length.isascii() and length.isdigit() and len(length) <= 18:
            self.length = int(length)
        if kind.lower() == URLENCODED:
            form = self.read_urlencoded()
        elif kind.lower().startswith("multipart/"):
            form = self._read_multipart(kind, parameters.get("boundary", ""))
        else:
            form = FieldStorage()
            form.file = self.read_binary()
        form.name = options.get("name")
        form.filename = own_name
        form.type, form.type_options = kind, parameters
        form.disposition, form.disposition_options = disposition, options
        form.length = self.length
        form.bytes_read = self.bytes_read
        return form

    def _header(self, name: str) -> str:
        for spelling in (name, name.lower()):
            if spelling in self.headers:
                return self.headers[spelling]
        return ""

    def _read(self, size: int) -> bytes:
        """Read up to *size* bytes, never more than the body has."""
        end = self.length
        if self.limit is not None and (end < 0 or 0 <= self.limit < end):
            end = self.limit
        if end >= 0 and end - self.bytes_read < size:
            size = end - self.bytes_read
        if size <= 0:
            return b""
        data: Any = self.input.read(size)
        if not isinstance(data, bytes):
            raise ValueError(
                f"{self.input!r} should return bytes, not {type(data).__name__}"
            )
        self.bytes_read += len(data)
        return data

    def _check_end(self) -> None:
        if self.length > self.bytes_read and self.limit is None:
            self.done = -1
            raise FormError(
                f"Incomplete body: {self.bytes_read} of {self.length} bytes came"
            )

    def read_urlencoded(self) -> FieldStorage:
        """Read an urlencoded body.

        Raises:
            FormTooLarge: it is larger than ``max_form_memory_size``.
        """
        most = self.limits.max_form_memory_size
        if most is not None and self.length > most:
            raise FormTooLarge("max_form_memory_size", most)
        counter = PartCounter(self.limits)
        blocks: list[bytes] = []
        while block := self._read(BLOCK_SIZE):
            counter.add_memory(len(block))
            blocks.append(block)
        self._check_end()
        self.done = 1
        own = self.max_num_fields
        return parse_urlencoded(
            b"".join(blocks),
            keep_blank_values=self.keep_blank_values,
            strict_parsing=self.strict_parsing,
            max_fields=self.limits.max_form_parts if own is None else own,
            limit="max_form_parts" if own is None else "max_num_fields",
            encoding=self.encoding,
            errors=self.errors,
            separator=self.separator,
        )

    def read_binary(self) -> Any:
        """Read a body that is no form into a file, and rewind it."""
        target: Any = BytesIO()
        if self.file_callback is not None and self.filename:
            target = self.make_file()
        try:
            while block := self._read(BLOCK_SIZE):
                target = self._write(target, block)
            self._check_end()
        except BaseException:
            target.close()
            raise
        self.done = 1
        target.seek(0)
        return target

    def make_file(self) -> Any:
        """Open where the content of ``filename`` goes.

        That is the object of ``file_callback``, else a temporary file: binary
        for an upload, text for a field.
        """
        if self.filename and self.file_callback is not None:
            return self.file_callback(self.filename)
        if self.filename:
            return _open_temporary()
        return _open_temporary(self.encoding)

    def _write(self, target: Any, data: bytes) -> Any:
        """Write to an upload, which moves to a file when it grows."""
        own = self.file_callback is None or not self.filename
        if own and type(target) is BytesIO:
            small = target.getvalue()
            if len(small) + len(data) > self.BUFSIZE:
                target = _open_temporary()
                target.write(small)
        target.write(data)
        return target

    def _read_multipart(self, kind: str, boundary: str) -> FieldStorage:
        self.innerboundary = check_boundary(boundary)
        form = FieldStorage()
        fields: list[FieldStorage] = []
        try:
            self._read_fields(fields, named=kind.lower() == "multipart/form-data")
            self._check_end()
        except BaseException:
            self.done = -1
            for field in fields:
                field.close()
            raise
        form.list = fields
        self.done = 1
        return form

    def _read_fields(self, fields: list[FieldStorage], *, named: bool) -> None:
        # Imported here: not every application has uploads, and this is slow to import.
        from poorwsgi_forms.multipart.framing import read_events

        counter = self._build_counter()
        text: list[bytes] = []
        field, file = FieldStorage(), cast("Any", None)
        for event in read_events(self._read, self.innerboundary):
            if isinstance(event, list):
                text = []
                field = self._begin_field(event, counter, named=named)
                file = field.file
                fields.append(field)
            elif event is None:
                if file is not None:
                    file.seek(0)
                else:
                    field.value = b"".join(text).decode(self.encoding, self.errors)
            elif file is not None:
                file = field.file = self._write(file, event)
            else:
                counter.add_memory(len(event))
                text.append(event)

    def _build_counter(self) -> PartCounter:
        own = self.max_num_fields
        if own is None:
            return PartCounter(self.limits)
        return PartCounter(self.limits._replace(max_form_parts=own), "max_num_fields")

    def _begin_field(
        self, headers: Headers, counter: PartCounter, *, named: bool
    ) -> FieldStorage:
        disposition, name, filename, content_type = parse_head(headers)
        counter.add_part(filename)
        if named and name is None:
            raise FormError("A part of the form has no name")
        field = FieldStorage(name)
        field.disposition = disposition
        if content_type != "text/plain":
            field.type, field.type_options = parse_header(content_type)
        field.disposition_options = _build_options(name, filename)
        if not filename:
            self.filename = None
            field.filename = filename
            return field
        self.filename = field.filename = clean_filename(filename)
        field.file = BytesIO() if self.file_callback is None else self.make_file()
        return field


def _build_options(name: str | None, filename: str | None) -> dict[str, str]:
    """Keep what the part was called; ``filename`` is empty where none was chosen."""
    options = {"name": name, "filename": filename}
    return {key: value for key, value in options.items() if value is not None}


def _open_temporary(encoding: str | None = None) -> IO[Any]:
    """Open a file that vanishes when it is closed; binary without an encoding."""
    # Imported here: few forms have a large file, and this is slow to import.
    from tempfile import TemporaryFile

    if encoding is None:
        return TemporaryFile("wb+")
    return TemporaryFile("w+", encoding=encoding, newline="\n")
