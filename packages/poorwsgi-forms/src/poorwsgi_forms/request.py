"""The request of this package: core's, with form, JSON and parts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import poorwsgi_core
from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.arguments import EmptyForm
from poorwsgi_core.request.variables import VariableSet, read_flag
from poorwsgi_forms.errors import FormError, UnsupportedBody
from poorwsgi_forms.form.fields import FieldStorage
from poorwsgi_forms.form.parser import URLENCODED, FieldStorageParser, parse_urlencoded
from poorwsgi_forms.json.typed import decode_typed
from poorwsgi_forms.json.values import decode_json, log
from poorwsgi_forms.multipart.parts import Part, check_boundary, read_parts
from poorwsgi_forms.serving import Serving

__all__ = ["Request"]

_T = TypeVar("_T")
_FORM_VARIABLES = VariableSet(
    "poor_AutoForm", "poor_KeepBlankValues", "poor_StrictParsing"
)


class Request(poorwsgi_core.Request):
    """A request whose body may be a form or JSON; parsed when asked for."""

    _form: FieldStorage | EmptyForm | None = None

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

        Raises:
            FormError: 400 for a broken form, 413 for one over a limit.
        """
        if self._form is None:
            self._form = self._parse_form()
        return self._form

    @form.setter
    def form(self, value: FieldStorage | EmptyForm) -> None:
        if isinstance(self.form, EmptyForm):
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
        if _FORM_VARIABLES.are_set(environ):
            enabled = read_flag(environ, "poor_AutoForm", enabled)
            keep = read_flag(environ, "poor_KeepBlankValues", bool(keep))
            strict = read_flag(environ, "poor_StrictParsing", bool(strict))
        if not enabled or kind not in app.form_mime_types:
            return EmptyForm()
        if self.content_length <= 0 and not self.is_chunked:
            return EmptyForm()
        if kind == URLENCODED:
            # PERF: needs neither the headers nor a parser of streams.
            body = self.read_whole("max_form_memory_size", app.max_form_memory_size)
            return parse_urlencoded(body, keep, strict, app.max_form_parts)
        return FieldStorageParser(
            self.input,
            self.headers,
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
        known = kind in app.json_mime_types or self._is_json(kind)
        if not (known and app.auto_json):
            return EmptyForm()
        if self.content_length <= 0 and not self.is_chunked:
            return EmptyForm()
        raw = self.read_whole("max_json_size", app.max_json_size)
        try:
            return decode_json(raw, options.get("charset", "utf-8"), app.json_loads)
        except UnsupportedBody:
            raise
        except FormError as error:
            log.warning("%s", str(error).encode("unicode_escape").decode())
            if read_flag(self._environ, "poor_StrictJson", app.strict_json):
                raise
            return None

    def json_as(self, type_: type[_T]) -> _T:
        """Decode the body into a type.

        Args:
            type_: a dataclass, TypedDict, msgspec Struct or pydantic model.

        Raises:
            InvalidData: 422, with the places that are wrong.
            FormError: 400 for bad JSON, 413 over ``max_json_size``.
            UnsupportedBody: 415, the body is not JSON in UTF-8.
            RuntimeError: neither msgspec nor pydantic is installed.
        """
        if not self._is_json(self._content_type[0]):
            raise UnsupportedBody(
                "The body has to be JSON, sent with Content-Type: application/json"
            )
        app = self._app
        raw = self.read_whole("max_json_size", app.max_json_size)
        # The decoders of types are less strict about what is JSON.
        decode_json(raw, self.charset, app.json_loads)
        return decode_typed(raw, type_)

    def form_parts(self) -> Iterator[Part]:
        """Hand out the parts of a multipart form while they arrive.

        Nothing is kept: a part's content is read from the part, or skipped.

        Raises:
            FormError: 400 for a broken body, 413 over a limit.
            UnsupportedBody: 415, the body is no multipart form.
        """
        kind, options = parse_header(self._environ.get("CONTENT_TYPE") or "")
        if kind.lower() != "multipart/form-data":
            raise UnsupportedBody(
                "The body has to be a form, sent as multipart/form-data"
            )
        boundary = check_boundary(options.get("boundary", ""))
        return read_parts(self.input.read, boundary, self.app.form_limits())
