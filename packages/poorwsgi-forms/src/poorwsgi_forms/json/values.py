"""JSON bodies (RFC 8259): from bytes to values, or to the right refusal."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from poorwsgi_core import HTTPException
from poorwsgi_core.http.json_decoder import loads
from poorwsgi_core.request.arguments import EmptyForm, MissingField, ValueAccess
from poorwsgi_core.response.json_text import has_whole_pairs
from poorwsgi_core.state import HTTP_BAD_REQUEST, HTTP_UNSUPPORTED_MEDIA_TYPE
from poorwsgi_forms.errors import FormError, UnsupportedBody

__all__ = [
    "BOM",
    "JsonDict",
    "JsonList",
    "NoJson",
    "decode_json",
    "parse_json_request",
]

log = logging.getLogger("poorwsgi")

BOM = b"\xef\xbb\xbf"
"""Byte order mark: some clients send it, and RFC 8259 §8.1 lets it be skipped."""

_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


class JsonDict(dict[str, Any], ValueAccess[Any]):
    """A JSON object, with getvalue, getfirst and getlist."""

    if not TYPE_CHECKING:
        # PERF: the same as inherited, without a call in Python.
        _stored = dict.get

    def __missing__(self, key: str) -> NoReturn:
        raise MissingField(key)


class JsonList(list[Any], ValueAccess[Any]):
    """A JSON array, with getvalue, getfirst and getlist; keys are ignored."""

    def _stored(self, key: str, default: Any) -> Any:
        return self or default

    def __getitem__(self, key: Any, /) -> Any:
        """Return an item, or items.

        Raises:
            MissingField: the client sent an array, where an object was expected.
        """
        if isinstance(key, str):
            raise MissingField(key, f"The JSON is an array, so it has no {key!r}")
        return super().__getitem__(key)

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


class NoJson(EmptyForm):
    """Stands for JSON in a request whose Content-Type isn't one of JSON."""

    def __missing__(self, key: str) -> NoReturn:
        raise MissingField(
            key,
            f"{key!r} is missing: the body has to be JSON, sent with Content-Type: "
            "application/json",
            HTTP_UNSUPPORTED_MEDIA_TYPE,
        )


def decode_json(
    raw: bytes, charset: str = "utf-8", loads: Callable[[str], Any] = loads
) -> Any:
    """Decode a JSON body; objects and arrays get the access methods.

    Args:
        raw: the body; a byte order mark is skipped.
        charset: charset parameter of its type; UTF-8, ASCII and none are allowed.
        loads: decodes text to a value.

    Raises:
        UnsupportedBody: another charset.
        FormError: the body is not JSON, or nested too deeply, or has half of a
            surrogate pair, which is no text.
    """
    if charset != "utf-8" and charset.lower() not in _CHARSETS:
        raise UnsupportedBody(f"JSON is sent in UTF-8, not in {charset[:40]!r}")
    try:
        text = raw.decode()
        value = loads(text)
    except (ValueError, RecursionError) as error:
        # PERF: only what can't be decoded is looked at for a byte order mark.
        if raw.startswith(BOM) and not raw.startswith(BOM * 2):
            return decode_json(raw[len(BOM) :], charset, loads)
        raise FormError(f"Invalid JSON: {error}") from error
    # PERF: most texts have no backslash at all.
    if "\\" in text and not has_whole_pairs(text):
        raise FormError("Invalid JSON: half of a surrogate pair")
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
