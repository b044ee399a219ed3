"""Session data as bytes: a dictionary as JSON, of up to 64 KiB."""

import json
from typing import Any, Final, cast

from poorwsgi_core.http.json_decoder import loads

__all__ = ["MOST_BYTES", "decode_data", "encode_data"]

MOST_BYTES: Final = 65_536
"""Largest data, before compression and after it."""

# Lone surrogates are text to JSON, but not to UTF-8.
_ERRORS = "surrogatepass"
_to_json = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode


def encode_data(data: dict[str, Any]) -> bytes:
    """Turn a dictionary into bytes.

    Raises:
        TypeError: JSON doesn't know a type in it.
        ValueError: a number that JSON doesn't know, a cycle, or too much.
        RecursionError: it is nested too deeply.
    """
    encoded = _to_json(data).encode("utf-8", _ERRORS)
    if len(encoded) > MOST_BYTES:
        raise ValueError(f"{len(encoded)} bytes of data, the limit is {MOST_BYTES}")
    return encoded


def decode_data(encoded: bytes) -> dict[str, Any]:
    """Turn bytes back into a dictionary.

    Raises:
        ValueError: they aren't one.
        RecursionError: it is nested too deeply.
    """
    data: object = loads(encoded.decode("utf-8", _ERRORS))
    if not isinstance(data, dict):
        raise ValueError(f"the data are {type(data).__name__}, not a dictionary")
    return cast("dict[str, Any]", data)
