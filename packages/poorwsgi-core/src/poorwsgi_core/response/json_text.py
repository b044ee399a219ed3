"""JSON text (RFC 8259), made of values at once.

What is refused in requests is never sent: NaN and Infinity are ``null``, as
JavaScript's encoder has them, and half of a surrogate pair, which is no text, is an
error of the application.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

__all__ = [
    "JSONDumps",
    "check_pairs",
    "dump_json",
    "encode_json",
    "encode_with",
    "has_whole_pairs",
]

log = logging.getLogger("poorwsgi")

encode_json = json.JSONEncoder(allow_nan=False).encode
"""Encodes JSON as RFC 8259 has it, which knows no NaN and no Infinity."""

_encode_all = json.JSONEncoder().encode

JSONDumps: TypeAlias = Callable[[Any], str | bytes]
"""Encodes a value as JSON, in UTF-8 when it gives bytes."""

_PAIRED_SURROGATES = (  # as text: it is compiled when such an escape is met
    r"(?s:[^\\]++"
    r"|\\u[dD][89abAB]..\\u[dD][c-fC-F].."
    r"|\\u(?![dD][89a-fA-F])...."
    r"|\\[^u])*+"
)


def has_whole_pairs(text: str) -> bool:
    """Tell whether each escape of a surrogate in JSON is one of a pair."""
    # PERF: most texts have none.
    if "\\ud" not in text and "\\uD" not in text:
        return True
    return re.fullmatch(_PAIRED_SURROGATES, text) is not None


def check_pairs(text: str) -> str:
    """Return JSON text that can be sent.

    Raises:
        ValueError: it has half of a surrogate pair.
    """
    if not has_whole_pairs(text):
        raise ValueError(
            "Half of a surrogate pair is no text, and can't be sent as JSON: decode "
            "what came in without errors='surrogateescape' and 'surrogatepass'"
        )
    return text


def dump_json(value: Any, dumps: JSONDumps) -> bytes:
    """Encode a value as JSON.

    The standard library's encoder sends ``null`` for NaN and Infinity, which are no
    JSON, as JavaScript's does; that is a WARNING.

    Raises:
        TypeError: the value is not serialisable, or *dumps* gives something else
            than str or bytes.
        ValueError: there is half of a surrogate pair in it.
    """
    try:
        data = dumps(value)
    except ValueError:
        if dumps is not encode_json:
            raise
        data = encode_json(_make_finite(_encode_all(value)))
    if isinstance(data, str):
        # PERF: one character is found in no time, and most texts have no backslash.
        return (check_pairs(data) if "\\" in data else data).encode()
    if not isinstance(cast("object", data), bytes):
        raise TypeError(f"json_dumps gives str or bytes, not {type(data).__name__}")
    return data


def encode_with(value: Any, options: Mapping[str, Any]) -> bytes:
    """Encode a value by ``json.dumps`` with keywords for it, as ``dump_json`` does.

    Raises:
        TypeError: the value is not serialisable.
        ValueError: there is half of a surrogate pair in it.
    """
    strict: dict[str, Any] = {"allow_nan": False, **options}
    try:
        text = json.dumps(value, **strict)
    except ValueError:
        plain: dict[str, Any] = {**options, "allow_nan": True}
        text = json.dumps(_make_finite(json.dumps(value, **plain)), **plain)
    return check_pairs(text).encode()


def _make_finite(text: str) -> Any:
    value = json.loads(text, parse_constant=lambda _: None)
    log.warning("NaN and Infinity are no JSON: null is sent instead")
    return value
