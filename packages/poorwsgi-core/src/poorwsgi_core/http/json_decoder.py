"""JSON text (RFC 8259), read strictly: no NaN, and no number that no float can hold.

Core reads no JSON: this is imported by those who do.
"""

import json
from math import isinf
from typing import Any, Final

__all__ = ["JSON_DECODER"]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _parse_float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


# PERF: the functions are called for constants, and numbers with a fraction or an
# exponent, alone.
JSON_DECODER: Final = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_parse_float
)
"""Decodes text to values; raises ValueError for what is no JSON."""
