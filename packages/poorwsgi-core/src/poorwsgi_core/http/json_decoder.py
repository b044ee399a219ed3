"""JSON text (RFC 8259), read strictly: no NaN, and no number that no float can hold.

Core reads no JSON: this is imported by those who do.
"""

import json
from json.scanner import make_scanner
from math import isinf
from typing import Any, cast

__all__ = ["loads"]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _parse_float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


# PERF: the functions are called for constants, and numbers with a fraction or an
# exponent, alone.
_decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_parse_float)
_scan = make_scanner(cast("Any", _decoder))


def loads(text: str) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: it is not JSON, or has a number that no float can hold.
        RecursionError: it is nested too deeply.
    """
    # PERF: most texts have no blanks around them, and the decoder looks for these in
    # Python.
    try:
        value, end = _scan(text, 0)
    except (StopIteration, ValueError):
        value, end = None, -1
    return value if end == len(text) else _decoder.decode(text)
