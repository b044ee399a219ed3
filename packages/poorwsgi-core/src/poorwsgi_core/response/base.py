"""The base of all responses: status, headers, and which part is sent.

A response is called with ``start_response`` and returns the body iterable.
It knows nothing of the request: what depends on it (HEAD, conditions,
``wsgi.file_wrapper``) is the application's.

HTTPException is here too, because each needs the other: it carries a response,
and a response whose ranges can't be satisfied raises it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, cast

from poorwsgi_core.http.headers import ContentRange, Headers, HeadersList
from poorwsgi_core.http.ranges import resolve_ranges
from poorwsgi_core.response.bodies import ByteRanges, IBytesIO, discard
from poorwsgi_core.response.elsewhere import ElsewhereNames
from poorwsgi_core.response.head import (
    BODILESS,
    FRAMING,
    UNSENT,
    add_names,
    check_content_type,
    check_status,
    drop_misframing,
    strip_content,
)
from poorwsgi_core.state import (
    HTTP_OK,
    HTTP_PARTIAL_CONTENT,
    HTTP_RANGE_NOT_SATISFIABLE,
    HTTP_RESET_CONTENT,
    phrases,
    status_lines,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = [
    "HTML",
    "POWERED_BY",
    "READY_ANSWERS",
    "BaseResponse",
    "HTTPException",
    "HeadersInput",
    "RangesInput",
    "log",
]

log = logging.getLogger("poorwsgi")

HeadersInput: TypeAlias = HeadersList | Headers | None
_Range: TypeAlias = tuple[int | None, int | None]
RangesInput: TypeAlias = Iterable[_Range] | Iterable[int | None]

HTML = "text/html; charset=utf-8"
POWERED_BY = ("X-Powered-By", "Poor WSGI for Python")
_NO_NAMES: frozenset[str] = frozenset()


def _pairs(ranges: RangesInput) -> list[_Range]:
    """Accept pairs, or one bare pair as the documentation writes it."""
    items: list[Any] = list(ranges)
    if len(items) != 2 or not all(x is None or isinstance(x, int) for x in items):
        return [(start, end) for start, end in items]
    if isinstance(ranges, set | frozenset):
        numbers = sorted(item for item in items if item is not None)
        items = [None, *numbers][-2:]
    return [(items[0], items[1])]


# PERF: the headers that a class begins with are checked once.
@lru_cache(maxsize=64)
def _build_defaults(pairs: "tuple[tuple[str, str], ...]") -> Headers:
    return Headers(pairs)


class BaseResponse(ElsewhereNames):
    """Status and headers without a body; the base of every response.

    Args:
        content_type: value of the Content-Type header, none when empty.
        headers: what the Headers constructor takes, copied; ``None`` gives the
            X-Powered-By header.
        status_code: one of the codes of ``state``.

    Raises:
        TypeError: *content_type* or *headers* has a wrong type.
        ValueError: unknown status code, or control characters in a header.
    """

    needs_request = False
    """Whether ``prepare`` has something to do."""

    on_close: "tuple[Callable[[], object], ...]" = ()
    """Functions of ``call_on_close``."""

    sends_body = False
    """Whether the application knows that the request isn't one of HEAD."""

    bytes_sent: int = 0
    """Bytes of the body that the server took; kept up where ``on_close`` has any."""

    _has_own_body = False
    """Whether a class builds its body itself, and says nothing of its length."""

    _multipart_ranges = True
    """Whether several ranges can be sent, as multipart/byteranges."""

    _default_headers: "tuple[tuple[str, str], ...]" = (POWERED_BY,)
    # PERF: what a plain response leaves as it is stands here, so that building
    # one stores little.
    _status_code: int = HTTP_OK
    _headers: Headers | None = None
    _units = "bytes"
    _called = False
    _ranges: tuple[_Range, ...] = ()
    _parts: tuple[tuple[int, int], ...] = ()
    _framing: ByteRanges | None = None
    _added: "list[tuple[str, str]] | None" = None

    def __init_subclass__(cls) -> None:
        if "__end_of_response__" in vars(cls):
            cls._has_own_body = "content_length" not in vars(cls)

    def __init__(
        self,
        content_type: str = "",
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
    ) -> None:
        self._content_type = check_content_type(content_type)
        if status_code != HTTP_OK:
            self._status_code = check_status(status_code)
        if headers is not None:
            self.headers = headers

    @property
    def content_type(self) -> str:
        """Value for the Content-Type header, used unless headers set one."""
        return self._content_type

    @content_type.setter
    def content_type(self, value: str) -> None:
        self._content_type = check_content_type(value)

    @property
    def status_code(self) -> int:
        """Status code; one that is not of ``state`` raises ValueError."""
        return self._status_code

    @status_code.setter
    def status_code(self, value: int) -> None:
        check_status(value)
        if self._ranges and value not in (HTTP_OK, HTTP_PARTIAL_CONTENT):
            log.warning("Status %d can't be partial content, ranges dropped", value)
            self.drop_ranges()
            del self.headers["Accept-Ranges"]
        self._status_code = value

    @property
    def is_bodiless(self) -> bool:
        """Whether an answer of this status never has a body (RFC 9110 §6.4.1)."""
        return self._status_code in UNSENT

    @property
    def reason(self) -> str:
        """Reason phrase of the status code."""
        return phrases[self._status_code]

    @property
    def headers(self) -> Headers:
        """The response headers; assigning takes what the constructor takes.

        Once the response was called, Content-Type and Content-Length are among
        them as they were sent.
        """
        if self._headers is None:
            defaults = _build_defaults(self._default_headers)
            self._headers = Headers(defaults, strict=False)
        if self._added:
            # PERF: mostly nobody looks any more.  What was given is left as it is:
            # it may be shared with other responses.
            pairs = self._headers.to_list() + self._added
            self._headers, self._added = Headers(pairs, strict=False), None
        return self._headers

    @headers.setter
    def headers(self, value: HeadersList | Headers) -> None:
        # A copy, which also checks what a request has brought: headers that several
        # answers were built with must not get the cookies of one into the next.
        self._headers = Headers(value)

    def vary_on(self, names: Sequence[str]) -> None:
        """Add the names that Vary lacks (RFC 9110 §12.5.5)."""
        if self._headers is None and len(names) == 1:
            # PERF: mostly nobody has set a header, so there is nothing to compare.
            field = ("Vary", names[0])
            if field not in self._default_headers:
                self._default_headers = (*self._default_headers, field)
            return
        present = ", ".join(self.headers.get_all("Vary"))
        value = add_names(present, names)
        if value != present:
            self.headers["Vary"] = value

    def call_on_close(self, function: Callable[[], object]) -> None:
        """Call a function when the answer has been sent, or given up.

        It runs where the request ran, so the server's thread or process is busy
        until it returns.  What it raises is logged.
        """
        self.on_close = (*self.on_close, function)

    @property
    def content_length(self) -> int:
        """Length of the whole body in bytes as far as it is known."""
        return 0

    @property
    def data(self) -> bytes:
        """The whole body, where it is in memory or can be read again."""
        return b""

    @property
    def ranges(self) -> tuple[_Range, ...]:
        """Ranges set by ``make_partial`` or ``make_range``."""
        return self._ranges

    def add_header(self, name: str, value: Any = None, **kwargs: Any) -> None:
        """Append a header; see ``Headers.add_header``."""
        self.headers.add_header(name, value, **kwargs)

    def set_cookie(self, name: str, value: str = "", **attributes: Any) -> None:
        """Append a Set-Cookie header.

        Args:
            name: cookie name, a token.
            value: cookie value.
            **attributes: of ``poorwsgi_core.http.cookies.render_cookie``.

        Raises:
            TypeError: something is of a wrong type, or no attribute of a cookie.
            ValueError: a part that browsers would refuse (RFC 6265bis).
        """
        from poorwsgi_core.http.cookies import check_attributes, render_cookie

        check_attributes(attributes)
        self.headers.add_header("Set-Cookie", render_cookie(name, value, **attributes))

    def delete_cookie(self, name: str, **attributes: Any) -> None:
        """Tell the client to drop a cookie of the same path and domain."""
        self.set_cookie(name, "", max_age=0, expires=0, **attributes)

    def drop_ranges(self) -> None:
        """Send the whole body, whatever ranges have been set."""
        if self._parts:
            del self.headers["Content-Range"]
        if self._framing is not None:
            del self.headers["Content-Type"]
        self._ranges, self._parts, self._framing = (), (), None

    def make_partial(
        self, ranges: RangesInput | None = None, units: str = "bytes"
    ) -> None:
        """Offer partial content, and send *ranges* of it.

        Only a response with status 200 can become partial; it is sent as 206
        when the ranges can be satisfied, else as 416.

        Args:
            ranges: pairs ``(first, last)`` with ``None`` for a missing side, as
                ``parse_range`` gives them (RFC 9110 §14.1.2).
            units: only ``bytes`` are cut by the response.
        """
        if self._status_code != HTTP_OK:
            log.warning("Only a 200 response can be made partial")
            return
        self._units = units
        self.headers["Accept-Ranges"] = units
        stored: dict[_Range, None] = {}
        for start, end in _pairs(ranges or ()):
            if start is not None and end is not None and end < start:
                log.warning("Inconsistent range %d-%d left out", start, end)
                continue
            stored[(start, end)] = None
        self._ranges = tuple(stored)
        self.needs_request = True

    def make_range(
        self, ranges: RangesInput, units: str = "bytes", full: int | str = "*"
    ) -> None:
        """Set Content-Range of a 206 response whose body is the range already.

        Args:
            ranges: one pair ``(first, last)``.
            units: any range unit.
            full: length of the whole in those units, ``*`` when unknown.
        """
        if self._status_code != HTTP_PARTIAL_CONTENT:
            log.warning("Only a 206 response has a Content-Range")
            return
        given = _pairs(ranges)
        if len(given) != 1:
            log.warning("Content-Range takes just one range, not %d", len(given))
        usable: list[tuple[int, int]] = []
        for start, end in given:
            if start is None or end is None:
                log.warning("Content-Range takes the full range, not %s-%s", start, end)
            elif end < start:
                log.warning("Inconsistent range %d-%d left out", start, end)
            else:
                usable.append((start, end))
        self._ranges = tuple(usable)
        if usable:
            first, last = usable[0]
            self.headers["Content-Range"] = str(ContentRange(first, last, full, units))

    def prepare(self, environ: "WSGIEnvironment") -> None:
        """Settle what depends on the request, before after handlers see it.

        Raises:
            HTTPException: with the answer to be sent instead.
        """
        self.needs_request = False
        if environ.get("REQUEST_METHOD") == "HEAD":
            self.drop_ranges()
            return
        try:
            self.resolve_ranges()
        except HTTPException as error:
            # As every other answer of an application has it.
            cast("BaseResponse", error.response).add_header(*POWERED_BY)
            raise

    def resolve_ranges(self) -> None:
        """Turn the stored ranges into a 206 answer; done at most once.

        Raises:
            HTTPException: with a 416 response when no range can be satisfied.
        """
        if not self._ranges or self._status_code != HTTP_OK:
            return
        if self._units != "bytes":
            log.warning("Ranges in %s can't be cut, sending all", self._units)
            return
        length = self.content_length
        wanted = self._ranges if self._multipart_ranges else self._ranges[:1]
        parts = resolve_ranges(wanted, length)
        if not parts:
            self._refuse_ranges(length)
        framing = None
        if len(parts) > 1:
            kind = self.headers.get("Content-Type", self._content_type)
            framing = ByteRanges(parts, kind, length)
            if framing.content_length > 2 * length:
                log.warning("Many small ranges ignored, sending all")
                self._ranges = ()
                return
            self.headers["Content-Type"] = framing.content_type
        else:
            first, last = parts[0]
            self.headers["Content-Range"] = str(ContentRange(first, last, length))
        self._parts, self._framing = tuple(parts), framing
        self._status_code = HTTP_PARTIAL_CONTENT
        del self.headers["Accept-Ranges"]
        del self.headers["Content-Length"]

    def _refuse_ranges(self, length: int) -> NoReturn:
        self.close()
        headers = {"Content-Range": f"bytes */{length}"}
        raise HTTPException(BaseResponse(HTML, headers, HTTP_RANGE_NOT_SATISFIABLE))

    def close(self) -> None:
        """Release what the body holds; for answers that never send it."""

    def _sent_length(self) -> int | None:
        """Length of what is sent, ``None`` when unknown."""
        if self._framing is not None:
            return self._framing.content_length
        if self._parts:
            first, last = self._parts[0]
            return last - first + 1
        length = self.content_length
        return None if self._has_own_body and not length else length

    def _header_list(self) -> list[tuple[str, str]]:
        if self._status_code in BODILESS:
            return strip_content(self._status_code, self.headers.items())
        if self._status_code == HTTP_RESET_CONTENT:
            # Whatever the body is (RFC 9110 §15.3.6).
            self.headers["Content-Length"] = "0"
        names: AbstractSet[str] = _NO_NAMES
        if self._headers is None:
            pairs = list(self._default_headers)
        else:
            pairs = self._headers.to_list()
            names = {name.lower() for name, _ in pairs}
            if not names.isdisjoint(FRAMING):
                is_empty = self._status_code == HTTP_RESET_CONTENT
                length = 0 if is_empty else self._sent_length()
                names = names - drop_misframing(
                    self._headers, length, sends_body=self.sends_body
                )
                pairs = self._headers.to_list()
        added = self._added = []
        if self._content_type and "content-type" not in names:
            added.append(("Content-Type", self._content_type))
        if "content-length" not in names:
            length = self._sent_length()
            if length is not None:
                added.append(("Content-Length", str(length)))
        return pairs + added

    def __start_response__(self, start_response: "StartResponse") -> None:
        """Send the status and the headers."""
        if self._ranges:
            self.resolve_ranges()
        start_response(status_lines[self._status_code], self._header_list())

    def __end_of_response__(self) -> Iterable[bytes]:
        """Return the body iterable."""
        return IBytesIO()

    def __call__(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Send the head and return the body; works once.

        Raises:
            RuntimeError: the response has been sent already.
            HTTPException: with a 416 response for unsatisfiable ranges.
        """
        if self._called:
            raise RuntimeError(
                f"{type(self).__name__} has been sent already: build a new one "
                "for each request"
            )
        self._called = True
        self.__start_response__(start_response)
        body = self.__end_of_response__()
        if self._status_code in UNSENT:
            discard(body)
            return ()
        return body


READY_ANSWERS: dict[int, Callable[[], BaseResponse]] = {}
"""Codes that HTTPException answers by itself; ``empty`` fills in its classes."""


class HTTPException(Exception):
    """Stop the handler with a status code or with a ready response.

    Args:
        arg: status code, ``DECLINED``, or the response to send.
        **kwargs: handed to the state handler of that status as keywords.

    Raises:
        TypeError: *arg* is neither an int nor a response.
    """

    args: tuple[int | BaseResponse, Mapping[str, Any]]

    def __init__(self, arg: int | BaseResponse, **kwargs: Any) -> None:
        if not isinstance(cast("object", arg), int | BaseResponse):
            raise TypeError(
                f"HTTPException takes a status code or a response, not {arg!r}"
            )
        super().__init__(arg, kwargs)

    def make_response(self) -> BaseResponse | None:
        """Return the response when no state handler is needed for it.

        That is the carried response, or the one for ``DECLINED``, 200 and 204;
        ``None`` for every other status code.
        """
        arg = self.args[0]
        if not isinstance(arg, int):
            return arg
        build = READY_ANSWERS.get(arg)
        return None if build is None else build()

    @property
    def response(self) -> BaseResponse | None:
        """The carried response, if any."""
        arg = self.args[0]
        return None if isinstance(arg, int) else arg

    @property
    def status_code(self) -> int:
        """The status code given, or that of the carried response."""
        arg = self.args[0]
        return arg if isinstance(arg, int) else arg.status_code
