"""Responses whose body is in memory: bytes, text, JSON."""

from collections.abc import Mapping
from typing import Any, cast

from poorwsgi_core.lazy import lazy
from poorwsgi_core.response.base import HTML, BaseResponse, HeadersInput, log
from poorwsgi_core.response.bodies import IBytesIO
from poorwsgi_core.response.head import check_content_type, check_status
from poorwsgi_core.response.json_text import (
    JSONDumps,
    dump_json,
    encode_json,
    encode_with,
)
from poorwsgi_core.state import HTTP_OK, HTTP_PARTIAL_CONTENT

__all__ = [
    "HTML",
    "JSON",
    "JSONResponse",
    "PartialResponse",
    "Response",
    "TextResponse",
    "json_type",
]


JSON = "application/json; charset=utf-8"


class Response(BaseResponse):
    """A body in memory, to which ``write`` appends.

    Args:
        data: the body; text is encoded as UTF-8.
        content_type: value of the Content-Type header, none when empty.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.

    Raises:
        TypeError: *data* is neither str nor bytes.
    """

    # PERF: the buffer is made when the body is written to, or called for.
    _buffer: IBytesIO | None = None

    def __init__(
        self,
        data: str | bytes = b"",
        content_type: str = HTML,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
    ) -> None:
        # PERF: the lines of BaseResponse.__init__, without calling it; the type
        # that most have is known to be right.
        if content_type is not HTML:
            content_type = check_content_type(content_type)
        self._content_type = content_type
        if status_code != HTTP_OK:
            self._status_code = check_status(status_code)
        if headers is not None:
            self.headers = headers
        given: object = data
        if isinstance(data, str):
            data = data.encode()
        elif not isinstance(given, bytes):
            raise TypeError(f"Response data is str or bytes, not {type(data).__name__}")
        self._data = data

    def write(self, data: str | bytes) -> None:
        """Append to the body; text is encoded as UTF-8."""
        if self._buffer is None:
            self._buffer = IBytesIO(self._data)
        self._buffer.seek(0, 2)
        self._buffer.write(data.encode() if isinstance(data, str) else data)

    @property
    def content_length(self) -> int:
        """Length of the whole body in bytes."""
        if self._buffer is None:
            return len(self._data)
        return 0 if self._buffer.closed else self._buffer.getbuffer().nbytes

    @property
    def data(self) -> bytes:
        """The whole body; empty with a WARNING once the server closed it."""
        if self._buffer is None:
            return self._data
        if self._buffer.closed:
            log.warning("The response has been closed, its data are gone")
            return b""
        return self._buffer.getvalue()

    def __end_of_response__(self) -> IBytesIO:
        """Return the body, or the resolved parts of it, as a readable buffer."""
        buffer = self._buffer
        if buffer is None:
            buffer = self._buffer = IBytesIO(self._data)
        elif buffer.closed:
            log.error("The response has been closed before it was sent")
            return IBytesIO()
        if self._parts:
            return IBytesIO(self._cut(buffer.getvalue()))
        buffer.seek(0)
        return buffer

    def _cut(self, data: bytes) -> bytes:
        if self._framing is None:
            first, last = self._parts[0]
            return data[first : last + 1]
        return b"".join(
            segment if isinstance(segment, bytes) else data[slice(*segment)]
            for segment in self._framing.segments()
        )


class PartialResponse(Response):
    """206 response whose body is the range already; see ``make_range``."""

    def __init__(
        self,
        data: str | bytes = b"",
        content_type: str = HTML,
        headers: HeadersInput = None,
    ) -> None:
        super().__init__(data, content_type, headers, HTTP_PARTIAL_CONTENT)


class TextResponse(Response):
    """Plain text in the given charset (none in the header when empty).

    Bytes are sent as they are.
    """

    def __init__(
        self,
        text: str | bytes,
        charset: str = "utf-8",
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
    ) -> None:
        content_type = f"text/plain; charset={charset}" if charset else "text/plain"
        if isinstance(text, str):
            text = text.encode(charset or "utf-8")
        super().__init__(text, content_type, headers, status_code)


class JSONResponse(Response):
    """One JSON value (RFC 8259), from *data_* or from the other keywords.

    It is encoded when the application gets it, by ``app.json_dumps``, or when its
    data are asked for before; with *encoder_kwargs* at once.

    Args:
        data_: any value that ``json.dumps`` takes.
        charset: charset parameter of the content type, none when empty.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.
        encoder_kwargs: keywords for ``json.dumps``.
        **kwargs: members of the object to send, instead of *data_*.

    Raises:
        RuntimeError: both *data_* and other keywords are given.
        TypeError: the value is not serialisable; raised when it is encoded.  A charset
            that is no text, such as a status.
        ValueError: so is half of a surrogate pair, which is no text.
    """

    def __init__(
        self,
        data_: Any = None,
        charset: str | None = "utf-8",
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        encoder_kwargs: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs and data_ is not None:
            names = ", ".join(f"{name}=" for name in kwargs)
            raise RuntimeError(
                f"JSONResponse takes data_ or keywords, not both: {names} would be "
                "members of the object; a status is status_code="
            )
        self._value = kwargs or data_
        data = encode_with(self._value, encoder_kwargs) if encoder_kwargs else b""
        # PERF: the type that nearly all have is ready-made.
        content_type = JSON if charset == "utf-8" else json_type(charset)
        super().__init__(data, content_type, headers, status_code)
        if not data:
            del self._data

    @lazy
    def _data(self) -> bytes:
        return dump_json(self._value, encode_json)

    def encode(self, dumps: JSONDumps) -> None:
        """Encode the value, unless that has been done.

        Raises:
            TypeError: it is not serialisable.
            ValueError: there is half of a surrogate pair in it.
        """
        if "_data" not in self.__dict__:
            self._data = dump_json(self._value, dumps)


def json_type(charset: str | None) -> str:
    """Build the JSON content type with an optional charset parameter."""
    if not isinstance(cast("object", charset), str | None):
        raise TypeError(
            f"charset is text, not {charset!r}: a status is given by its name, as "
            "status_code=404"
        )
    return f"application/json; charset={charset}" if charset else "application/json"
