"""JSON (RFC 8259) encoded piece by piece, iterables as arrays.

Scalars and their escaping are the standard library's; only objects and arrays
are written here, because ``json`` refuses iterators.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any, cast

from poorwsgi_core.response.bodies import discard
from poorwsgi_core.response.json_text import check_pairs, encode_json

__all__ = ["stream_json"]

_BLOCK = 1024


def stream_json(value: Any) -> Iterator[bytes]:
    """Encode a value as blocks of at least 1 KiB, the last one shorter.

    An iterable that has ``close`` is closed at its end, or when the encoding
    stops in the middle of it.

    Raises:
        TypeError: something in *value* is neither JSON nor iterable.
        ValueError: there is half of a surrogate pair in it.
    """
    block: list[str] = []
    size = 0
    for piece in _pieces(value):
        block.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield "".join(block).encode()
            block, size = [], 0
    if block:
        yield "".join(block).encode()


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(cast("object", value), Mapping):
        yield from _object(value)
    elif isinstance(cast("object", value), Iterable) and not _is_text(value):
        yield from _array(value)
    else:
        yield _encode_scalar(value)


def _encode_scalar(value: Any) -> str:
    if isinstance(value, float) and not isfinite(value):
        return "null"  # NaN and Infinity, as in other answers
    return check_pairs(encode_json(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str | bytes)


def _object(members: Mapping[Any, Any]) -> Iterator[str]:
    separator = "{"
    for name, value in members.items():
        # The encoder turns the key into text by its own rules (True -> "true").
        yield f"{separator}{_encode_scalar({name: 0})[1:-2]}"
        yield from _pieces(value)
        separator = ", "
    yield "}" if separator != "{" else "{}"


def _array(items: Iterable[Any]) -> Iterator[str]:
    separator = "["
    try:
        for item in items:
            yield separator
            yield from _pieces(item)
            separator = ", "
    finally:
        discard(items)
    yield "]" if separator != "[" else "[]"
