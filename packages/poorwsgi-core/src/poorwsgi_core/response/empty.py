"""Responses without a body of their own: no content, redirect, declined."""

import re
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from poorwsgi_core.http.dates import datetime_to_http, time_to_http
from poorwsgi_core.http.headers import Headers, HeadersList
from poorwsgi_core.response.base import READY_ANSWERS, BaseResponse, HeadersInput, log
from poorwsgi_core.response.memory import Response
from poorwsgi_core.state import (
    DECLINED,
    HTTP_MOVED_PERMANENTLY,
    HTTP_MOVED_TEMPORARILY,
    HTTP_NO_CONTENT,
    HTTP_NOT_MODIFIED,
    HTTP_OK,
    find_caller,
)

if TYPE_CHECKING:
    from datetime import datetime

    from _typeshed.wsgi import StartResponse

__all__ = [
    "Declined",
    "EmptyResponse",
    "NoContentResponse",
    "NotModifiedResponse",
    "RedirectResponse",
]

# Other control characters are left in, for the header to refuse.  Browsers take a
# backslash for a slash, and two of these begin the name of another host.
_NOT_IN_URI = r"[^\x00-\x08\x0a-\x1f\x21-\x5b\x5d-\x7f]"


class NoContentResponse(BaseResponse):
    """Headers alone, 204 unless told otherwise."""

    _default_headers = ()

    def __init__(
        self, headers: HeadersInput = None, status_code: int = HTTP_NO_CONTENT
    ) -> None:
        has_content = status_code not in (HTTP_NO_CONTENT, HTTP_NOT_MODIFIED)
        super().__init__("text/plain" if has_content else "", headers, status_code)


class EmptyResponse(NoContentResponse):
    """Deprecated since 2.4: the name says less than NoContentResponse does."""

    def __init__(self, status_code: int = HTTP_NO_CONTENT) -> None:
        warnings.warn(
            "EmptyResponse is deprecated since 2.4, use NoContentResponse instead",
            DeprecationWarning,
            2,
        )
        super().__init__(None, status_code)


class NotModifiedResponse(NoContentResponse):
    """304: the client's copy is still good (RFC 9110 §15.4.5).

    At least one of ETag, Content-Location, Date and Vary is required, here or
    in *headers*.

    Args:
        headers: see BaseResponse.
        etag: entity tag with its quotes.
        content_location: URI of the representation.
        date: ready text, seconds since the epoch, or a datetime.
        vary: names of the request headers that chose the representation.
    """

    def __init__(
        self,
        headers: HeadersInput = None,
        etag: str | None = None,
        content_location: str | None = None,
        date: "str | int | float | datetime | None" = None,
        vary: str | None = None,
    ) -> None:
        super().__init__(headers, HTTP_NOT_MODIFIED)
        fields = {
            "ETag": etag,
            "Content-Location": content_location,
            "Date": _http_date(date),
            "Vary": vary,
        }
        for name, value in fields.items():
            if value:
                self.add_header(name, value)


def _http_date(date: "str | int | float | datetime | None") -> str | None:
    if date is None or isinstance(date, str):
        return date
    if isinstance(date, int | float):
        return time_to_http(date)
    return datetime_to_http(date)


class RedirectResponse(Response):
    """Send the client to another URI.

    Args:
        location: URI reference; a blank, a backslash, and what is not ASCII are
            percent-encoded.
        status_code: 302 by default; ``True`` means 301, deprecated.
        message: body, as plain text.
        headers: see BaseResponse.
        permanent: deprecated, use status code 301.

    Raises:
        TypeError: *location* is no text.
        ValueError: control characters in *location*.
    """

    def __init__(
        self,
        location: str,
        status_code: int | bool = HTTP_MOVED_TEMPORARILY,
        message: str | bytes = b"",
        headers: HeadersInput = None,
        permanent: bool = False,
    ) -> None:
        if status_code is True or permanent:
            log.warning(
                "Argument permanent is deprecated, use status_code=301 (%s:%d)",
                *find_caller(),
            )
            status_code = HTTP_MOVED_PERMANENTLY
        super().__init__(
            message, "text/plain", headers, status_code or HTTP_MOVED_TEMPORARILY
        )
        if not isinstance(cast("object", location), str):
            raise TypeError(
                f"A location is text such as '/login', not {location!r}: to a handler "
                "leads req.url_for(handler)"
            )
        self.add_header("Location", re.sub(_NOT_IN_URI, _percent_encode, location))


def _percent_encode(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


class Declined(BaseResponse):
    """Nothing is sent by the application: a server hook has answered.

    It may be called any number of times, and ignores headers.
    """

    _default_headers = ()

    def __init__(self, status_code: int = HTTP_OK) -> None:
        super().__init__("", None, status_code)

    @property
    def headers(self) -> Headers:
        """Always new and empty; assigning does nothing but warn."""
        return Headers()

    @headers.setter
    def headers(self, value: HeadersList | Headers) -> None:
        log.warning("A declined response has no headers")

    def add_header(self, name: str, value: Any = None, **kwargs: Any) -> None:
        """Do nothing but warn."""
        log.warning("A declined response has no headers, %s left out", name)

    def __call__(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Return nothing, without calling *start_response*."""
        log.debug("Request declined")
        return ()


READY_ANSWERS.update(
    {
        DECLINED: Declined,
        HTTP_OK: EmptyResponse,
        HTTP_NO_CONTENT: NoContentResponse,
    }
)
