"""Responses that are produced while they are sent."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from poorwsgi_core.http.conditional import weaken
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response.base import BaseResponse, HeadersInput
from poorwsgi_core.response.bodies import Stream, cut, read_first
from poorwsgi_core.response.json_stream import stream_json
from poorwsgi_core.response.memory import HTML, json_type
from poorwsgi_core.state import HTTP_OK, HTTP_PARTIAL_CONTENT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = [
    "JSON_GENERATOR",
    "FilteredResponse",
    "GeneratorResponse",
    "JSONGeneratorResponse",
    "StrGeneratorResponse",
    "filtered_headers",
]

_OF_BYTES = (
    "Accept-Ranges",
    "Content-Digest",
    "Content-Length",
    "Content-MD5",
    "Content-Range",
    "Content-Type",
)

JSON_GENERATOR: Final = True
"""JSONGeneratorResponse is available; it needs no other package."""


class GeneratorResponse(BaseResponse):
    """An iterable of bytes, sent chunk by chunk.

    Without *content_length* there is no Content-Length header and ranges can't
    be satisfied.  Of several ranges only the first is sent.

    The first piece that isn't empty is asked for before the head is sent, so that
    what is raised until then is answered like any other failure.

    Args:
        generator: iterable of bytes; its ``close`` is called at the end.
        content_type: value of the Content-Type header, none when empty.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.
        content_length: length of all chunks in bytes, 0 when unknown.
    """

    needs_request = True
    _multipart_ranges = False

    def __init__(
        self,
        generator: Iterable[bytes],
        content_type: str = HTML,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        content_length: int = 0,
    ) -> None:
        super().__init__(content_type, headers, status_code)
        self._generator: Iterable[bytes] = generator
        self._sources: tuple[object, ...] = (generator,)
        self._length = content_length

    @property
    def content_length(self) -> int:
        """Length given to the constructor, 0 when unknown."""
        return self._length

    def _sent_length(self) -> int | None:
        return super()._sent_length() or None

    def prepare(self, environ: "WSGIEnvironment") -> None:
        """Ask for the first piece, unless nothing of the body is sent.

        Raises:
            HTTPException: with a 416 response.
            Exception: whatever the generator raises.
        """
        super().prepare(environ)
        if environ.get("REQUEST_METHOD") == "HEAD" or self.is_bodiless:
            return
        try:
            rest = iter(self._generator)
            self._generator = chain(read_first(rest), rest)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the generator."""
        Stream(iter(()), *self._sources).close()

    def __end_of_response__(self) -> Iterable[bytes]:
        """Return a closable iterator over the chunks, cut to the range."""
        if self._parts:
            first, last = self._parts[0]
            chunks = cut(self._generator, first, last + 1)
        elif stop := self._read_length():
            chunks = cut(self._generator, 0, stop)
        else:
            chunks = iter(self._generator)
        return Stream(chunks, *self._sources)

    def _read_length(self) -> int:
        """Return the length that the head says, 0 when it says none."""
        if self._length or self._headers is None:
            return self._length
        value = self._headers.get("Content-Length", "")
        return int(value) if value.isascii() and value.isdigit() else 0


class StrGeneratorResponse(GeneratorResponse):
    """An iterable of text, each chunk encoded as UTF-8."""

    def __init__(
        self,
        generator: Iterable[str],
        content_type: str = HTML,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        content_length: int = 0,
    ) -> None:
        chunks = (chunk.encode() for chunk in generator)
        super().__init__(chunks, content_type, headers, status_code, content_length)
        self._sources = (generator,)


class JSONGeneratorResponse(GeneratorResponse):
    """A JSON object (RFC 8259), encoded while it is sent.

    Any iterable among the values, at any depth, becomes an array, so that a
    generator of a million rows never is in memory.

    Args:
        charset: charset parameter of the content type, none when empty.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.
        **kwargs: members of the object.
    """

    def __init__(
        self,
        charset: str | None = "utf-8",
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        **kwargs: Any,
    ) -> None:
        chunks: Iterator[bytes] = stream_json(kwargs)
        super().__init__(chunks, json_type(charset), headers, status_code)
        self._sources = tuple(kwargs.values())


class FilteredResponse(GeneratorResponse):
    """Another response, whose body a function changes while it is sent.

    For an after handler, which returns it instead of the response that it got.
    Status and headers are those of the other, without what its bytes alone have:
    length, digest and ranges; an ETag becomes weak.  A range is given up, for the
    whole body.

    Args:
        response: the other one.
        function: gets its body, an iterable of bytes, and returns another.
    """

    def __init__(
        self,
        response: BaseResponse,
        function: Callable[[Iterable[bytes]], Iterable[bytes]],
    ) -> None:
        status_code = response.status_code
        if response.ranges and status_code == HTTP_PARTIAL_CONTENT:
            response.drop_ranges()
            status_code = HTTP_OK
        kind = response.headers.get("Content-Type", response.content_type)
        source = response.__end_of_response__()
        headers = filtered_headers(response)
        super().__init__(function(source), kind, headers, status_code)
        self._sources = (self._generator, source)


def filtered_headers(response: BaseResponse) -> Headers:
    """Copy the headers that hold when the bytes of a body are others."""
    headers = Headers(response.headers, strict=False)
    for name in _OF_BYTES:
        del headers[name]
    if "ETag" in headers:
        headers["ETag"] = weaken(headers["ETag"])
    return headers
