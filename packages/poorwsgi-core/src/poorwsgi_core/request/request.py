"""The request that handlers get: headers, arguments, cookies and the body.

Nothing is parsed before it is asked for, and then once.  What is malformed
raises HTTPException at that moment, so a handler that never looks at the body
can't fail because of it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING, Any

from poorwsgi_core.http.authorization import parse_authorization
from poorwsgi_core.http.cookies import load_cookies
from poorwsgi_core.http.headers import Headers, parse_header, parse_negotiation
from poorwsgi_core.http.urlencoded import TooManyFields
from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.arguments import Args, EmptyForm
from poorwsgi_core.request.body import (
    BodyTooLarge,
    CachedInput,
    CallableInput,
    InputStream,
    parse_length,
    read_chunk,
    receive,
)
from poorwsgi_core.request.serving import Serving
from poorwsgi_core.request.simple import SimpleRequest, log
from poorwsgi_core.request.target import Target
from poorwsgi_core.request.variables import VariableSet, read_flag
from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_LENGTH_REQUIRED,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    deprecated,
)

if TYPE_CHECKING:
    from http.cookies import SimpleCookie

    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Request"]

_QUERY_VARIABLES = VariableSet(
    "poor_AutoArgs", "poor_KeepBlankValues", "poor_StrictParsing"
)
_XHTML = ("application/xhtml+xml", "text/xhtml")


# PERF: clients send few types, over and over.
_parse_content_type = lru_cache(maxsize=64)(parse_header)


class Request(SimpleRequest):
    """A request with its content, all of it lazy.

    Raises:
        ConnectionError: ``PATH_INFO`` is ``None``.
    """

    _args: Args | EmptyForm | None = None

    def __init__(self, environ: "WSGIEnvironment", app: Serving) -> None:
        # PERF: the three lines of SimpleRequest, without calling it.
        self._environ = environ
        self._app = app
        self._start_time = environ["REQUEST_STARTTIME"]
        if environ.get("PATH_INFO", "/") is None:
            raise ConnectionError("The server gave no PATH_INFO")

    @lazy
    def headers(self) -> Headers:
        """The request headers, by the names of RFC 9110."""
        return Headers.from_environ(self._environ)

    @property
    def headers_in(self) -> Headers:
        """The headers, by their older name."""
        return self.headers

    # PERF: mostly asked for once, and then a lazy attribute costs more.
    @property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        return _parse_content_type(self._environ.get("CONTENT_TYPE") or "")

    @property
    def mime_type(self) -> str:
        """Content-Type without parameters, empty when missing."""
        return self._content_type[0]

    @property
    def charset(self) -> str:
        """Charset parameter of Content-Type, ``utf-8`` when missing."""
        return self._content_type[1].get("charset", "utf-8")

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
        return value.strip().lower() == "chunked"

    @property
    @deprecated("Use is_chunked since 2.6: it is the shorter name.")
    def is_chunked_request(self) -> bool:
        """Whether the body is chunked."""
        return self.is_chunked

    def _negotiation(self, name: str) -> tuple[tuple[str, float], ...]:
        return tuple(parse_negotiation(self._environ.get(name, "")))

    @lazy
    def accept(self) -> tuple[tuple[str, float], ...]:
        """Media types and qualities of the Accept header, in its order."""
        return self._negotiation("HTTP_ACCEPT")

    @lazy
    def accept_charset(self) -> tuple[tuple[str, float], ...]:
        """Charsets and qualities of the Accept-Charset header."""
        return self._negotiation("HTTP_ACCEPT_CHARSET")

    @lazy
    def accept_encoding(self) -> tuple[tuple[str, float], ...]:
        """Codings and qualities of the Accept-Encoding header."""
        return self._negotiation("HTTP_ACCEPT_ENCODING")

    @lazy
    def accept_language(self) -> tuple[tuple[str, float], ...]:
        """Languages and qualities of the Accept-Language header."""
        return self._negotiation("HTTP_ACCEPT_LANGUAGE")

    def _accepts(self, *types: str) -> bool:
        return any(q > 0 and value.lower() in types for value, q in self.accept)

    @property
    def accept_html(self) -> bool:
        """Whether ``text/html`` is among the accepted types by name."""
        return self._accepts("text/html")

    @property
    def accept_xhtml(self) -> bool:
        """Whether ``application/xhtml+xml`` or ``text/xhtml`` is."""
        return self._accepts(*_XHTML)

    @property
    def accept_json(self) -> bool:
        """Whether ``application/json`` is."""
        return self._accepts("application/json")

    @lazy
    def _authorization(self) -> dict[str, str]:
        try:
            return parse_authorization(self._environ.get("HTTP_AUTHORIZATION", ""))
        except ValueError as error:
            if self.lenient:
                return parse_authorization("")
            raise HTTPException(HTTP_BAD_REQUEST, error=str(error)) from error

    @property
    def authorization(self) -> dict[str, str]:
        """The Authorization header as a new dict; ``type`` is its scheme.

        Raises:
            HTTPException: 400, when it is larger than 8 KiB.
        """
        return dict(self._authorization)

    @property
    def is_xhr(self) -> bool:
        """Whether a script says that it sent the request."""
        return self._environ.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest"

    @property
    def path_args(self) -> dict[str, Any]:
        """A copy of the arguments in the path by name; it can be set once."""
        pairs = zip(self.target.names, self.path_values, strict=True)
        return {name: value for name, value in pairs if name is not None}

    @path_args.setter
    def path_args(self, value: Mapping[str, Any]) -> None:
        if not self.path_values:
            target = self.target
            self.target = Target(target.rule, target.handler, target.call, (*value,))
            self.path_values = tuple(value.values())

    @property
    def groups(self) -> dict[str, Any]:
        """The path arguments, by their older name."""
        return self.path_args

    @property
    def args(self) -> Args | EmptyForm:
        """Query arguments; it can be set while it is an EmptyForm.

        Raises:
            HTTPException: 400 for a malformed query with ``strict_parsing``,
                413 for more than ``max_form_parts`` arguments.
        """
        if self._args is None:
            self._args = self._parse_args()
        return self._args

    @args.setter
    def args(self, value: Args | EmptyForm) -> None:
        if isinstance(self.args, EmptyForm):
            self._args = value

    def _parse_args(self) -> Args | EmptyForm:
        environ, app = self._environ, self._app
        enabled = app.auto_args
        keep, strict = app.keep_blank_values, app.strict_parsing
        # PERF: asking for each costs more than asking whether any is set.
        if _QUERY_VARIABLES.are_set(environ):
            enabled = read_flag(environ, "poor_AutoArgs", enabled)
            keep = read_flag(environ, "poor_KeepBlankValues", bool(keep))
            strict = read_flag(environ, "poor_StrictParsing", bool(strict))
        if not enabled:
            return EmptyForm()
        try:
            # PERF: by position, or else Python makes a dict of the keyword.
            return Args(self, keep, strict, app.max_form_parts)
        except ValueError as error:
            if self.lenient:
                return EmptyForm()
            raise _refuse_query(error, app.max_form_parts) from error

    @lazy
    def cookies(self) -> "SimpleCookie":
        """Cookies of the request; empty when there are none.

        Names and values that RFC 6265 doesn't allow are left out.
        """
        enabled = self._app.auto_cookies
        return load_cookies(self._environ.get("HTTP_COOKIE") if enabled else None)

    def _is_terminated(self) -> bool:
        """Tell whether the server ends a body of unknown length itself."""
        return self.is_chunked and bool(self._environ.get("wsgi.input_terminated"))

    @lazy
    def _stream(self) -> CachedInput:
        """The body, bounded; all reading goes through here."""
        app, length = self._app, self.content_length
        limit = app.max_content_length
        if limit is not None and length > limit:
            raise BodyTooLarge("max_content_length", limit)
        file: InputStream = self._environ.get("wsgi.input") or BytesIO()
        size: int | None = max(length, 0)
        if length < 0 and self.is_chunked:
            size, file = None, self._chunked_source(file)
        return CachedInput(
            file,
            size,
            app.cached_size or _DEFAULT_BLOCK,
            self._timeout(),
            limit=None if limit is None else ("max_content_length", limit),
        )

    def _chunked_source(self, file: InputStream) -> InputStream:
        if self._is_terminated():
            return file
        if "uwsgi.version" in self._environ:
            return CallableInput(_uwsgi_chunked_read())
        raise HTTPException(
            HTTP_LENGTH_REQUIRED, error="This server takes no chunked bodies"
        )

    @lazy
    def _kept(self) -> bytes | None:
        """The whole body, when it fits in ``data_size`` or is in memory."""
        app, length = self._app, self.content_length
        if length < 0:
            return self._read_small()
        file, limit = self._environ.get("wsgi.input"), app.max_content_length
        is_small = app.auto_data and length <= app.data_size
        if not is_small and not isinstance(file, BytesIO):
            return None
        if file is None or length > _AT_ONCE or (limit is not None and length > limit):
            return self._stream.read(length)
        # PERF: a small body is mostly there, and needs no buffered reader.
        data = receive(file.read, length) or b""
        return data if len(data) == length else self._complete(data, length)

    def _read_small(self) -> bytes | None:
        """Read a chunked body if it fits in ``data_size``."""
        size = self._app.data_size
        if not self.is_chunked or not self._app.auto_data:
            return None
        data = self._stream.read(size + 1)
        if len(data) <= size:
            return data
        self._stream.unread(data)
        return None

    def _complete(self, data: bytes, length: int) -> bytes:
        """Wait for the rest of a body that has begun to come."""
        file, left = self._environ["wsgi.input"], length - len(data)
        return data + CachedInput(file, left, timeout=self._timeout()).read(left)

    def _timeout(self) -> float:
        # Without a limit an early end must not pass for the end.
        timeout = self._app.read_timeout
        return inf if timeout is None else timeout

    @lazy
    def _file(self) -> "BytesIO | CachedInput":
        return self._stream if self._kept is None else BytesIO(self._kept)

    @property
    def input(self) -> "BytesIO | CachedInput":
        """The body as a file: in memory when small, else read block by block.

        Raises:
            HTTPException: 400, 408, 411 or 413 for a body that can't be read.
        """
        return self._file

    @property
    def data(self) -> bytes | None:
        """The whole body, ``None`` when it is larger than ``data_size``.

        The position of ``input`` is at the start afterwards.
        """
        if isinstance(self._file, BytesIO):
            self._file.seek(0)
        return self._kept

    def read_whole(self, name: str, limit: int | None) -> bytes:
        """Read the whole body, for a parser that needs it at once.

        Args:
            name: of the setting that limits it.
            limit: most bytes, ``None`` for any number.

        Raises:
            BodyTooLarge: it has more; known before anything is read when the
                client sent a length.
            HTTPException: 400, 408 or 411 for a body that can't be read.
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
        blocks: list[bytes] = []
        left = inf if limit is None else limit
        for block in self._stream:
            blocks.append(block)
            left -= len(block)
            if left < 0:
                break
        return b"".join(blocks)

    def read(self, length: int = -1) -> bytes:
        """Read up to *length* bytes of the body, all that is left when negative.

        Returns:
            Empty at the end, and with an ERROR when there is no body.
        """
        if self.content_length <= 0 and not self.is_chunked:
            log.error("The request has no body to read")
            return b""
        source = self.input
        if length >= 0 or isinstance(source, BytesIO):
            return source.read(length)
        return source.read_all()

    def read_chunk(self) -> bytes:
        """Read the next chunk of a chunked body, empty at the end.

        Where the server has taken the chunks apart, it is the next block of at
        most ``cached_size`` bytes.

        Raises:
            ValueError: a malformed chunk; it is answered 400.
        """
        raw = self._environ.get("wsgi.input")
        if (
            self.is_chunked
            and raw is not None
            and not self._is_terminated()
            and "uwsgi.version" not in self._environ
        ):
            return read_chunk(raw)
        return self.input.read(self._app.cached_size or _DEFAULT_BLOCK)


def _refuse_query(error: ValueError, limit: int | None) -> HTTPException:
    if isinstance(error, TooManyFields):
        reason = f"The query exceeds max_form_parts = {limit}"
        return HTTPException(HTTP_REQUEST_ENTITY_TOO_LARGE, error=reason)
    return HTTPException(HTTP_BAD_REQUEST, error=f"Bad query: {error}")


_DEFAULT_BLOCK = 32768
_AT_ONCE = 1024 * 1024


def _uwsgi_chunked_read() -> Callable[[], bytes]:
    # The module exists only inside of a uWSGI process.
    read: Callable[[], bytes] = import_module("uwsgi").chunked_read
    return read
