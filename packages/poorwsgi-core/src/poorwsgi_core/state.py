"""Status codes, reason phrases and request methods.

Names follow the IANA HTTP status code registry and RFC 9110 section 9.  A
method is a bit, so that one mask says which methods a handler serves.
"""

import functools
import warnings
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from types import FrameType

__all__ = [
    "DECLINED",
    "HTTP_ACCEPTED",
    "HTTP_ALREADY_REPORTED",
    "HTTP_BAD_GATEWAY",
    "HTTP_BAD_REQUEST",
    "HTTP_CLIENT_CLOSED_REQUEST",
    "HTTP_CONFLICT",
    "HTTP_CONNECTION_CLOSED_WITHOUT_RESPONSE",
    "HTTP_CONTINUE",
    "HTTP_CREATED",
    "HTTP_EXPECTATION_FAILED",
    "HTTP_FAILED_DEPENDENCY",
    "HTTP_FORBIDDEN",
    "HTTP_GATEWAY_TIME_OUT",
    "HTTP_GONE",
    "HTTP_IM_USED",
    "HTTP_INSUFFICIENT_STORAGE",
    "HTTP_INTERNAL_SERVER_ERROR",
    "HTTP_I_AM_A_TEAPOT",
    "HTTP_LENGTH_REQUIRED",
    "HTTP_LOCKED",
    "HTTP_LOOP_DETECTED",
    "HTTP_METHOD_NOT_ALLOWED",
    "HTTP_MOVED_PERMANENTLY",
    "HTTP_MOVED_TEMPORARILY",
    "HTTP_MULTIPLE_CHOICES",
    "HTTP_MULTI_STATUS",
    "HTTP_NETWORK_AUTHENTICATION_REQUIRED",
    "HTTP_NETWORK_CONNECT_TIMEOUT_ERROR",
    "HTTP_NON_AUTHORITATIVE",
    "HTTP_NOT_ACCEPTABLE",
    "HTTP_NOT_EXTENDED",
    "HTTP_NOT_FOUND",
    "HTTP_NOT_IMPLEMENTED",
    "HTTP_NOT_MODIFIED",
    "HTTP_NO_CONTENT",
    "HTTP_OK",
    "HTTP_PARTIAL_CONTENT",
    "HTTP_PAYMENT_REQUIRED",
    "HTTP_PERMANENT_REDIRECT",
    "HTTP_PRECONDITION_FAILED",
    "HTTP_PRECONDITION_REQUIRED",
    "HTTP_PROCESSING",
    "HTTP_PROXY_AUTHENTICATION_REQUIRED",
    "HTTP_RANGE_NOT_SATISFIABLE",
    "HTTP_REQUEST_ENTITY_TOO_LARGE",
    "HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE",
    "HTTP_REQUEST_TIME_OUT",
    "HTTP_REQUEST_URI_TOO_LARGE",
    "HTTP_RESET_CONTENT",
    "HTTP_SEE_OTHER",
    "HTTP_SERVICE_UNAVAILABLE",
    "HTTP_SWITCHING_PROTOCOLS",
    "HTTP_TEMPORARY_REDIRECT",
    "HTTP_TOO_MANY_REQUESTS",
    "HTTP_UNAUTHORIZED",
    "HTTP_UNAVAILABLE_FOR_LEGAL_REASONS",
    "HTTP_UNPROCESSABLE_ENTITY",
    "HTTP_UNSUPPORTED_MEDIA_TYPE",
    "HTTP_UPGRADE_REQUIRED",
    "HTTP_USE_PROXY",
    "HTTP_VARIANT_ALSO_VARIES",
    "HTTP_VERSION_NOT_SUPPORTED",
    "METHOD_ALL",
    "METHOD_CONNECT",
    "METHOD_DELETE",
    "METHOD_GET",
    "METHOD_GET_POST",
    "METHOD_HEAD",
    "METHOD_OPTIONS",
    "METHOD_PATCH",
    "METHOD_POST",
    "METHOD_PUT",
    "METHOD_TRACE",
    "__date__",
    "__version__",
    "deprecated",
    "find_caller",
    "is_ours",
    "methods",
    "phrases",
    "sorted_methods",
    "status_lines",
]

_P = ParamSpec("_P")
_R = TypeVar("_R")

__version__: str
__date__ = "2026-11-24"

DECLINED: Final = 0
"""Nothing is sent, as somebody else has answered the request already."""

HTTP_CONTINUE: Final = 100
HTTP_SWITCHING_PROTOCOLS: Final = 101
HTTP_PROCESSING: Final = 102

HTTP_OK: Final = 200
HTTP_CREATED: Final = 201
HTTP_ACCEPTED: Final = 202
HTTP_NON_AUTHORITATIVE: Final = 203
HTTP_NO_CONTENT: Final = 204
HTTP_RESET_CONTENT: Final = 205
HTTP_PARTIAL_CONTENT: Final = 206
HTTP_MULTI_STATUS: Final = 207
HTTP_ALREADY_REPORTED: Final = 208
HTTP_IM_USED: Final = 226

HTTP_MULTIPLE_CHOICES: Final = 300
HTTP_MOVED_PERMANENTLY: Final = 301
HTTP_MOVED_TEMPORARILY: Final = 302
HTTP_SEE_OTHER: Final = 303
HTTP_NOT_MODIFIED: Final = 304
HTTP_USE_PROXY: Final = 305
HTTP_TEMPORARY_REDIRECT: Final = 307
HTTP_PERMANENT_REDIRECT: Final = 308

HTTP_BAD_REQUEST: Final = 400
HTTP_UNAUTHORIZED: Final = 401
HTTP_PAYMENT_REQUIRED: Final = 402
HTTP_FORBIDDEN: Final = 403
HTTP_NOT_FOUND: Final = 404
HTTP_METHOD_NOT_ALLOWED: Final = 405
HTTP_NOT_ACCEPTABLE: Final = 406
HTTP_PROXY_AUTHENTICATION_REQUIRED: Final = 407
HTTP_REQUEST_TIME_OUT: Final = 408
HTTP_CONFLICT: Final = 409
HTTP_GONE: Final = 410
HTTP_LENGTH_REQUIRED: Final = 411
HTTP_PRECONDITION_FAILED: Final = 412
HTTP_REQUEST_ENTITY_TOO_LARGE: Final = 413
HTTP_REQUEST_URI_TOO_LARGE: Final = 414
HTTP_UNSUPPORTED_MEDIA_TYPE: Final = 415
HTTP_RANGE_NOT_SATISFIABLE: Final = 416
HTTP_EXPECTATION_FAILED: Final = 417
HTTP_I_AM_A_TEAPOT: Final = 418
HTTP_UNPROCESSABLE_ENTITY: Final = 422
HTTP_LOCKED: Final = 423
HTTP_FAILED_DEPENDENCY: Final = 424
HTTP_UPGRADE_REQUIRED: Final = 426
HTTP_PRECONDITION_REQUIRED: Final = 428
HTTP_TOO_MANY_REQUESTS: Final = 429
HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE: Final = 431
HTTP_CONNECTION_CLOSED_WITHOUT_RESPONSE: Final = 444
HTTP_UNAVAILABLE_FOR_LEGAL_REASONS: Final = 451
HTTP_CLIENT_CLOSED_REQUEST: Final = 499

HTTP_INTERNAL_SERVER_ERROR: Final = 500
HTTP_NOT_IMPLEMENTED: Final = 501
HTTP_BAD_GATEWAY: Final = 502
HTTP_SERVICE_UNAVAILABLE: Final = 503
HTTP_GATEWAY_TIME_OUT: Final = 504
HTTP_VERSION_NOT_SUPPORTED: Final = 505
HTTP_VARIANT_ALSO_VARIES: Final = 506
HTTP_INSUFFICIENT_STORAGE: Final = 507
HTTP_LOOP_DETECTED: Final = 508
HTTP_NOT_EXTENDED: Final = 510
HTTP_NETWORK_AUTHENTICATION_REQUIRED: Final = 511
HTTP_NETWORK_CONNECT_TIMEOUT_ERROR: Final = 599

METHOD_HEAD: Final = 1
METHOD_GET: Final = 2
METHOD_POST: Final = 4
METHOD_PUT: Final = 8
METHOD_DELETE: Final = 16
METHOD_TRACE: Final = 32
METHOD_OPTIONS: Final = 64
METHOD_CONNECT: Final = 128
METHOD_PATCH: Final = 256

METHOD_GET_POST: Final = METHOD_HEAD | METHOD_GET | METHOD_POST
METHOD_ALL: Final = 511

methods: Final[dict[str, int]] = {
    "HEAD": METHOD_HEAD,
    "GET": METHOD_GET,
    "POST": METHOD_POST,
    "PUT": METHOD_PUT,
    "DELETE": METHOD_DELETE,
    "TRACE": METHOD_TRACE,
    "OPTIONS": METHOD_OPTIONS,
    "CONNECT": METHOD_CONNECT,
    "PATCH": METHOD_PATCH,
}
"""Method name to its bit, in bit order; any other method is answered 501."""

sorted_methods: Final[list[tuple[str, int]]] = sorted(
    methods.items(), key=lambda item: item[1]
)
"""Pairs of method name and bit, sorted by bit."""

phrases: Final[dict[int, str]] = {
    **{status.value: status.phrase for status in HTTPStatus},
    HTTP_I_AM_A_TEAPOT: "I'm a teapot",
    HTTP_CONNECTION_CLOSED_WITHOUT_RESPONSE: "Connection Closed Without Response",
    HTTP_CLIENT_CLOSED_REQUEST: "Client Closed Request",
    HTTP_NETWORK_CONNECT_TIMEOUT_ERROR: "Network Connect Timeout Error",
}
"""Status code to reason phrase; a response may carry just these codes."""

status_lines: Final[dict[int, str]] = {
    code: f"{code} {phrase}" for code, phrase in phrases.items()
}
"""Status code to the ready status string of PEP 3333 (``"200 OK"``)."""


if not TYPE_CHECKING:  # with it, a misspelt constant would pass for text

    def __getattr__(name: str) -> str:
        # importlib.metadata costs more than the rest of the package to import, and
        # only the debug page and command lines ask for the version.
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("poorwsgi-core")


def deprecated(reason: str = "") -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Make each call of the decorated callable warn.

    Args:
        reason: since when, why, and what to use instead.

    Raises:
        TypeError: it was written without parentheses.
    """
    if not isinstance(cast("object", reason), str):
        raise TypeError("Write @deprecated('what to use instead'), with parentheses")

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        name = getattr(function, "__name__", repr(function))

        @functools.wraps(function)
        def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            warnings.warn(f"Call to deprecated {name}. {reason}", DeprecationWarning, 2)
            return function(*args, **kwargs)

        return wrapper

    return decorate


def is_ours(frame: "FrameType") -> bool:
    """Tell whether a frame is of this framework, or of what logs for it."""
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package in ("logging", "poorwsgi") or package.startswith("poorwsgi_")


def find_caller() -> tuple[str, int]:
    """Find the file and the line that have led to a call of ours."""
    from inspect import currentframe  # slow to import, and seldom asked for

    frame = currentframe()
    while frame is not None:
        if not is_ours(frame):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return "", 0
