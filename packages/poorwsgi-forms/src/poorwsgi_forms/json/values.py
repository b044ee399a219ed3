"""JSON bodies (RFC 8259): from bytes to values, or to the right refusal."""

import json
import logging
from collections.abc import Callable
from typing import Any

from poorwsgi_core import HTTPException
from poorwsgi_core.request.arguments import ValueAccess
from poorwsgi_core.state import HTTP_BAD_REQUEST
from poorwsgi_forms.errors import FormError, UnsupportedBody

__all__ = ["JsonDict", "JsonList", "decode_json", "parse_json_request"]

log = logging.getLogger("poorwsgi")

_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class JsonDict(dict[str, Any], ValueAccess[Any]):
    """A JSON object, with getvalue, getfirst and getlist."""


class JsonList(list[Any], ValueAccess[Any]):  # type: ignore[misc]
    """A JSON array, with getvalue, getfirst and getlist; keys are ignored."""

    def _stored(self, key: str) -> Any:
        if not self:
            raise KeyError(key)
        return self

    def getvalue(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        key: str = "",
        default: Any = None,
        func: Callable[[Any], Any] = lambda value: value,
    ) -> Any:
        """Return the first item, converted, or the default."""
        return self.getfirst(key, default, func)

    def getfirst(self, key: str = "", *args: Any, **kwargs: Any) -> Any:
        """Return the first item, converted, or the default."""
        return super().getfirst(key, *args, **kwargs)

    def getlist(self, key: str = "", *args: Any, **kwargs: Any) -> Any:
        """Return all items, converted; of an empty array the default."""
        return super().getlist(key, *args, **kwargs)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def loads(text: str) -> Any:
    """Decode JSON text as the standard library does, without NaN.

    Raises:
        ValueError: the text is not JSON.
    """
    # PERF: most documents have no blanks around them; looking for these costs
    # two searches.
    try:
        value, end = _decoder.raw_decode(text)
    except ValueError:
        end = -1
        value = None
    return value if end == len(text) else _decoder.decode(text)


def decode_json(
    raw: bytes, charset: str = "utf-8", loads: Callable[[str], Any] = loads
) -> Any:
    """Decode a JSON body; objects and arrays get the access methods.

    Args:
        raw: the body.
        charset: charset parameter of its type; UTF-8 and ASCII are allowed.
        loads: decodes text to a value.

    Raises:
        UnsupportedBody: another charset.
        FormError: the body is not JSON, or nested too deeply.
    """
    if charset != "utf-8" and charset.lower() not in _CHARSETS:
        raise UnsupportedBody(f"JSON is sent in UTF-8, not in {charset[:40]!r}")
    try:
        value = loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise FormError(f"Invalid JSON: {error}") from error
    kind = value.__class__
    if kind is dict:
        return JsonDict(value)
    if kind is list:
        return JsonList(value)
    return value


def parse_json_request(raw: bytes, charset: str = "utf-8") -> Any:
    """Decode a JSON body, or stop the handler.

    Raises:
        HTTPException: 400 with the reason as ``error``.
    """
    try:
        return decode_json(raw, charset)
    except Exception as error:
        log.error(  # noqa: TRY400 - the client's mistake needs no traceback
            "Invalid JSON body: %s", str(error).encode("unicode_escape").decode()
        )
        raise HTTPException(HTTP_BAD_REQUEST, error=error) from error
