"""From what a handler returns to a response, and ways to stop a handler."""

from collections.abc import Iterable
from typing import Any, Never, NoReturn, cast

from poorwsgi_core.response.base import BaseResponse, HeadersInput, HTTPException
from poorwsgi_core.response.empty import NoContentResponse, RedirectResponse
from poorwsgi_core.response.json_text import JSONDumps
from poorwsgi_core.response.memory import HTML, JSONResponse, Response
from poorwsgi_core.response.streams import GeneratorResponse
from poorwsgi_core.state import HTTP_MOVED_TEMPORARILY, HTTP_NO_CONTENT, HTTP_OK

__all__ = [
    "ResponseError",
    "abort",
    "build_response",
    "make_response",
    "redirect",
    "to_response",
]


class ResponseError(RuntimeError):
    """A handler returned a value that no response can be made of."""


_SHAPES = (
    "return (body, content_type, headers, status), what isn't needed left out at its "
    "end, or (body, status)"
)


def make_response(
    data: Any,
    content_type: str | int = HTML,
    headers: HeadersInput = None,
    status_code: int = HTTP_OK,
) -> BaseResponse:
    """Make the response that fits the type of *data*.

    Args:
        data: str or bytes (Response), dict or list (JSONResponse), None
            (NoContentResponse), any other iterable of bytes, such as a generator
            or a list of bytes (GeneratorResponse).
        content_type: for str, bytes and iterables; an int is the status code.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.

    Raises:
        ResponseError: no response can be made of the values.
    """
    if isinstance(content_type, int):
        status_code, content_type = content_type, HTML
    try:
        if isinstance(data, (str, bytes)):
            return Response(data, content_type, headers, status_code)
        return _make(data, content_type, headers, status_code)
    except Exception as error:
        reason = _misplaced(content_type, headers, status_code) or error
        raise ResponseError(f"Bad value from the handler: {reason}") from error


def _misplaced(content_type: object, headers: object, status_code: object) -> str:
    """Say which value of a tuple can't stand where it does, if one can't."""
    if not isinstance(content_type, str):
        wrong = f"{type(content_type).__name__} is no content type"
    elif isinstance(headers, str | bytes | int):
        wrong = f"{type(headers).__name__} instead of headers"
    elif not isinstance(status_code, int):
        wrong = f"{type(status_code).__name__} is no status"
    else:
        return ""
    return f"{wrong}: {_SHAPES}"


def _make(
    data: Any, content_type: str, headers: HeadersInput, status_code: int
) -> BaseResponse:
    kind = cast("type[object]", type(data))
    if kind not in (dict, list) and hasattr(kind, "value"):  # a field, a cookie
        raise TypeError(f"{kind.__name__} is no body, but has a value: return that")
    if isinstance(cast("object", data), dict) or _is_json_list(data):
        if isinstance(cast("object", content_type), dict):
            raise TypeError("headers stand where the content type does")
        return JSONResponse(data, headers=headers, status_code=status_code)
    if data is None:
        code = HTTP_NO_CONTENT if status_code == HTTP_OK else status_code
        return NoContentResponse(headers, code)
    if isinstance(data, BaseException):
        name = type(data).__name__
        raise TypeError(f"{name} is returned: write raise {name}(...)")
    if isinstance(data, bytearray | memoryview):
        return Response(bytes(cast("bytes", data)), content_type, headers, status_code)
    if isinstance(cast("object", data), Iterable):
        return GeneratorResponse(data, content_type, headers, status_code)
    if hasattr(data, "cr_await") or hasattr(data, "ag_await"):
        raise TypeError(
            "WSGI awaits nothing: write the handler with def, not async def"
        )
    if isinstance(data, BaseResponse):
        raise TypeError(
            f"{type(data).__name__} is a response, and nothing can stand beside it: "
            "give it its status_code and headers where it is made"
        )
    remedy = "return str, bytes, dict, list, None, an iterable of bytes, or a response"
    if isinstance(data, int):
        remedy += "; a status stands behind its body, as in (body, 404), or in abort()"
    raise TypeError(f"{type(data).__name__} is no body: {remedy}")


def _is_json_list(data: Any) -> bool:
    return isinstance(cast("object", data), list) and not (
        data and isinstance(data[0], bytes)
    )


def to_response(value: Any) -> BaseResponse:
    """Convert the return value of any handler.

    A tuple is taken as the arguments of ``make_response``.

    Raises:
        ResponseError: no response can be made of *value*.
        TypeError: a tuple of a wrong length.
    """
    if isinstance(value, BaseResponse):
        return value
    arguments: Any = value
    if not isinstance(value, tuple):
        return make_response(value)
    if not 1 <= len(arguments) <= 4:
        raise TypeError(f"A tuple of {len(arguments)} is no answer: {_SHAPES}")
    return make_response(*arguments)


def build_response(value: Any, dumps: JSONDumps) -> BaseResponse:
    """Convert the return value of any handler; JSON is encoded.

    Raises:
        ResponseError: no response can be made of *value*.
        TypeError: a tuple of a wrong length.
    """
    response = to_response(value)
    if isinstance(response, JSONResponse):
        try:
            response.encode(dumps)
        except Exception as error:
            raise ResponseError(f"Bad value from the handler: {error}") from error
    return response


def redirect(
    location: str,
    status_code: int | bool = HTTP_MOVED_TEMPORARILY,
    message: str | bytes = b"",
    headers: HeadersInput = None,
    permanent: bool = False,
) -> NoReturn:
    """Stop the handler with a RedirectResponse of the same arguments.

    Raises:
        HTTPException: always.
    """
    raise HTTPException(
        RedirectResponse(location, status_code, message, headers, permanent)
    )


def abort(arg: int | BaseResponse, *misplaced: Never, **kwargs: Any) -> NoReturn:
    """Stop the handler; the arguments are those of HTTPException.

    Raises:
        HTTPException: always.
        TypeError: a reason without its name.
    """
    if misplaced:
        raise TypeError(
            f"{misplaced[0]!r} needs the name by which state handlers know it: write "
            f"error={misplaced[0]!r}"
        )
    raise HTTPException(arg, **kwargs)
