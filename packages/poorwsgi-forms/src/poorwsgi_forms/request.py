"""The request of this package: core's, with form, JSON and parts.

A body that doesn't fit in ``data_size`` is read once, by one of them.  Who comes
second is told so, and gets the first error again where that failed.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import poorwsgi_core
from poorwsgi_core import HTTPException
from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.arguments import EmptyForm
from poorwsgi_core.request.body import CachedInput
from poorwsgi_core.request.variables import build_check, read_flag
from poorwsgi_core.state import HTTP_BAD_REQUEST
from poorwsgi_forms.codings import DecodedBody, find_coding
from poorwsgi_forms.errors import BodyAlreadyRead, FormError, UnsupportedBody
from poorwsgi_forms.form.fields import FieldStorage
from poorwsgi_forms.form.parser import URLENCODED, FieldStorageParser, parse_urlencoded
from poorwsgi_forms.json.values import BOM, NoJson, decode_json, log
from poorwsgi_forms.multipart.parts import (
    Part,
    check_boundary,
    find_leading_field,
    read_parts,
)
from poorwsgi_forms.serving import Serving

__all__ = ["Request"]

_T = TypeVar("_T")
_CODING = "HTTP_CONTENT_ENCODING"
_READ_AHEAD = 65536
_has_variables = build_check(
    "poor_AutoForm", "poor_KeepBlankValues", "poor_StrictParsing"
)


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Request(poorwsgi_core.Request):
    """A request whose body may be a form or JSON; parsed when asked for."""

    _form: FieldStorage | EmptyForm | None = None
    _reader: str = ""
    _failure: HTTPException | None = None

    if TYPE_CHECKING:
        # PERF: read below without the property.
        _app: Serving  # pyright: ignore[reportIncompatibleVariableOverride]

        @property
        def app(self) -> Serving:
            """The application that serves the request."""
            ...

    def _is_json(self, kind: str) -> bool:
        """Tell whether a content type is one of JSON."""
        kind = kind.lower()
        named = kind.startswith("application/") and kind.endswith("+json")
        return named or kind in self.app.json_mime_types

    @property
    def form(self) -> FieldStorage | EmptyForm:
        """The form, or an EmptyForm; it can be set while it is an EmptyForm.

        Who has read the body from ``input`` can set it, too.

        Raises:
            FormError: 400 for a broken form, 413 for one over a limit.
            UnsupportedCoding: 415, it has a Content-Encoding.
            BodyAlreadyRead: a RuntimeError, something else has read the body.
        """
        if self._form is None:
            try:
                self._form = self._parse_form()
            except (HTTPException, BodyAlreadyRead) as error:
                self._note_failure(error)
                if not self.lenient:
                    raise
                self._form = EmptyForm()
        return self._form

    @form.setter
    def form(self, value: FieldStorage | EmptyForm) -> None:
        is_free = self._form is None and not self._reader and self._is_read()
        if is_free or isinstance(self.form, EmptyForm):
            self._form = value

    def _parse_form(self) -> FieldStorage | EmptyForm:
        app, environ = self._app, self._environ
        kind = environ.get("CONTENT_TYPE")
        # PERF: browsers send this one without parameters.
        if kind != URLENCODED:
            kind = self._content_type[0].lower()
        enabled = app.auto_form
        keep, strict = app.keep_blank_values, app.strict_parsing
        # PERF: asking for each costs more than asking whether any is set.
        if _has_variables(environ):
            enabled = read_flag(environ, "poor_AutoForm", enabled)
            keep = read_flag(environ, "poor_KeepBlankValues", bool(keep))
            strict = read_flag(environ, "poor_StrictParsing", bool(strict))
        if not enabled or kind not in app.form_mime_types:
            return EmptyForm()
        if self.content_length <= 0 and not self.is_chunked:
            return EmptyForm()
        if kind == URLENCODED:
            # PERF: needs neither the headers nor a parser of streams.
            read = self._read_decoded if _CODING in environ else self.read_whole
            body = read("max_form_memory_size", app.max_form_memory_size)
            return parse_urlencoded(body, keep, strict, app.max_form_parts)
        file, headers = self._open("req.form")
        return FieldStorageParser(
            file,
            headers,
            keep_blank_values=keep,
            strict_parsing=strict,
            file_callback=app.file_callback,
            limits=app.form_limits(),
        ).parse()

    @lazy
    def json(self) -> Any:
        """The JSON value: JsonDict, JsonList or a scalar; else an EmptyForm.

        Raises:
            FormError: 400 for bad JSON unless ``strict_json`` is off, 413 for a
                body over ``max_json_size``, 415 for another charset than UTF-8.
        """
        app = self._app
        kind, options = self._content_type
        if not (kind in app.json_mime_types or self._is_json(kind)):
            return NoJson()
        if not app.auto_json or (self.content_length <= 0 and not self.is_chunked):
            return EmptyForm()
        try:
            read = self._read_decoded if _CODING in self._environ else self.read_whole
            raw = read("max_json_size", app.max_json_size)
            return decode_json(raw, options.get("charset", "utf-8"), app.json_loads)
        except (HTTPException, BodyAlreadyRead) as error:
            return self._refuse_json(error)

    def _refuse_json(self, error: Exception) -> Any:
        self._note_failure(error)
        if self.lenient:
            return EmptyForm()
        if not isinstance(error, FormError) or error.status_code != HTTP_BAD_REQUEST:
            raise error
        if read_flag(self._environ, "poor_StrictJson", self._app.strict_json):
            raise error  # who answers 400 tells the reason
        log.warning("%s", str(error).encode("unicode_escape").decode())
        return None

    def json_as(self, type_: type[_T]) -> _T:
        """Decode the body into a type.

        Args:
            type_: a dataclass, TypedDict, msgspec Struct or pydantic model.

        Raises:
            InvalidData: 422, with the places that are wrong.
            FormError: 400 for bad JSON, 413 over ``max_json_size``.
            UnsupportedBody: 415, the body is not JSON in UTF-8.
            TypeError: the type has a field that can't be decoded.
            RuntimeError: neither msgspec nor pydantic is installed, or something
                else has read the body.
        """
        if not self._is_json(self._content_type[0]):
            raise UnsupportedBody(
                "The body has to be JSON, sent with Content-Type: application/json"
            )
        # Imported here: not every application has types, and this is slow to import.
        from poorwsgi_forms.json.typed import decode_typed

        app = self._app
        try:
            read = self._read_decoded if _CODING in self._environ else self.read_whole
            raw = read("max_json_size", app.max_json_size)
            # The decoders of types are less strict about what is JSON.
            decode_json(raw, self.charset, app.json_loads)
            return decode_typed(raw.removeprefix(BOM), type_)
        except HTTPException as error:
            self._note_failure(error)
            raise

    def form_parts(self) -> Iterator[Part]:
        """Hand out the parts of a multipart form while they arrive.

        Nothing is kept: a part's content is read from the part, or skipped.

        Raises:
            FormError: 400 for a broken body, 413 over a limit.
            UnsupportedBody: 415, the body is no multipart form.
            BodyAlreadyRead: a RuntimeError, something else has read the body.
        """
        boundary = self._find_boundary()
        if boundary is None:
            raise UnsupportedBody(
                "The body has to be a form, sent as multipart/form-data"
            )
        file, _ = self._open("req.form_parts()")
        return read_parts(file.read, boundary, self.app.form_limits())

    def leading_field(self, name: str) -> str | None:
        """Return a text field that stands before the files of a multipart form.

        The body is there for ``form_parts`` and ``form`` afterwards; up to 64 KiB of
        it are read ahead, and kept.  So a token can be checked before an upload is
        taken.

        Returns:
            ``None`` for another body, for one that has been read, and where no such
            field comes before the first file.
        """
        boundary = self._find_boundary()
        if boundary is None or _CODING in self._environ or self._is_read():
            return None
        head = self.input.read(_READ_AHEAD)
        self._put_back(head)
        return find_leading_field(head, boundary, name)

    def _put_back(self, head: bytes) -> None:
        if isinstance(self.input, BytesIO):
            self.input.seek(0)
        else:
            self.input.unread(head)

    def _find_boundary(self) -> bytes | None:
        """Return the boundary of a multipart form, ``None`` for another body."""
        kind, options = parse_header(self._environ.get("CONTENT_TYPE") or "")
        if kind.lower() != "multipart/form-data":
            return None
        return check_boundary(options.get("boundary", ""))

    # --- who reads the body -----------------------------------------------------

    def _read_decoded(self, name: str, limit: int | None) -> bytes:
        """Read the whole body without its coding."""
        coding, most = self._find_coding()
        if not coding:
            return self.read_whole(name, limit)
        kept = self._kept
        file = self._claim(self._who()) if kept is None else BytesIO(kept)
        return DecodedBody(file.read, coding, most).read_whole(name, limit)

    def _open(self, reader: str) -> tuple[_Source, Any]:
        """Return the stream of the body without its coding, and its headers."""
        coding, most = self._find_coding()
        file = self._claim(reader)
        if not coding:
            return file, self.headers
        # The length is that of the coded body.
        headers = {"Content-Type": self._environ.get("CONTENT_TYPE") or ""}
        return DecodedBody(file.read, coding, most), headers

    def _find_coding(self) -> tuple[str, int]:
        most = self._app.max_decoded_size
        return find_coding(self._environ.get(_CODING, ""), most), most or 0

    def _read_blocks(self, limit: int | None) -> bytes:
        self._claim(self._who())
        return super()._read_blocks(limit)

    def _who(self) -> str:
        is_json = self._is_json(self._content_type[0])
        return "req.json or req.json_as()" if is_json else "req.form"

    def _claim(self, reader: str) -> "BytesIO | CachedInput":
        """Return the body's stream to the only one who may read it.

        Raises:
            BodyAlreadyRead: somebody has.
            HTTPException: the same reader has, and it failed so.
        """
        if self._failure is not None and reader == self._reader:
            raise _repeat(self._failure)
        if self._is_read():
            by = self._reader or "req.read(), req.read_chunk() or req.input"
            raise BodyAlreadyRead(reader, by)
        self._reader = reader
        return self.input

    def _is_read(self) -> bool:
        return bool(self._reader) or self.input.tell() > 0

    def _note_failure(self, error: Exception) -> None:
        if self._reader and not self._failure and isinstance(error, HTTPException):
            self._failure = _repeat(error)


def _repeat(error: HTTPException) -> HTTPException:
    """Make the same error anew: one that is kept would hold all its callers."""
    same = type(error).__new__(type(error), *error.args)
    same.args = error.args
    vars(same).update(vars(error))
    return same
