"""Numerals: which texts are numbers, in parameters and forms.

They are those of JSON, and for an integer those whose fraction is zero, as in a
body.  Python reads more, and so does openapi-core: zeros in front, blanks
around, underscores, digits of any script, ``nan``.  A boolean is a word.
"""

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import partial
from math import isfinite
from typing import Any

from poorwsgi_openapi.document.ecma import is_given_pattern

__all__ = [
    "read_boolean",
    "read_integer",
    "read_number",
    "with_ranges",
    "with_strict_numerals",
]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_EXACT = 2**53
_LARGEST = 3.4028234663852886e38
_RANGES: Mapping[str, tuple[float, float]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-_LARGEST, _LARGEST),
}
"""What the formats of numbers hold; ``double`` holds all that is read."""
_FALSE = ("n", "no", "f", "false", "off", "0")
_TRUE = ("y", "yes", "t", "true", "on", "1")
_BOOLEANS = {**dict.fromkeys(_FALSE, False), **dict.fromkeys(_TRUE, True)}


def read_integer(text: str) -> int:
    """Read an integer.

    Raises:
        ValueError: it is none.
    """
    # PERF: most are digits alone, which are told without the expression.
    if text.isdecimal() and text.isascii() and (text[0] != "0" or text == "0"):
        return int(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if abs(number) <= _EXACT and number.is_integer():
            return int(number)
    raise ValueError("This is no integer")


def read_number(text: str) -> float:
    """Read a number.

    Raises:
        ValueError: it is none, or too large for a float.
    """
    if _NUMBER.fullmatch(text) and isfinite(number := float(text)):
        return number
    raise ValueError("This is no number")


def read_boolean(text: str) -> bool:
    """Read ``true`` or ``false``, or what people write for them.

    Raises:
        ValueError: it is neither.
    """
    found = _BOOLEANS.get(text.lower())
    if found is None:
        raise ValueError("This is no boolean")
    return found


def with_ranges(stock: Any) -> Any:
    """Copy openapi-core's checker of formats; the copy knows the ranges of numbers.

    Its own takes any ``float``, and any integer that is written as ``3e9``; and it
    compiles any text of the format ``regex``, however long that takes.
    """
    from openapi_schema_validator import oas31_format_checker

    untyped: Any = oas31_format_checker
    made = copy(stock)
    made.checkers = {**stock.checkers}
    checks: dict[str, Callable[[object], bool]] = {
        name: partial(_is_between, low, high) for name, (low, high) in _RANGES.items()
    }
    for name, check in {**checks, "regex": is_given_pattern}.items():
        # What an application has made of a format stays.
        if stock.checkers.get(name) == untyped.checkers[name]:
            made.checkers[name] = check, ()
    return made


def _is_between(low: float, high: float, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return low <= value <= high


def with_strict_numerals(factory: Any) -> Any:
    """Copy a factory of openapi-core's casters; the copy reads numerals strictly.

    Args:
        factory: a ``SchemaCastersFactory``; casters of somebody else in it stay.
    """
    from openapi_core.casting.schemas.casters import IntegerCaster, NumberCaster

    class StrictInteger(IntegerCaster):
        def cast(self, value: Any) -> int:
            return read_integer(value) if isinstance(value, str) else int(value)

    class StrictNumber(NumberCaster):
        def cast(self, value: Any) -> float:
            return read_number(value) if isinstance(value, str) else float(value)

    strict = {IntegerCaster: StrictInteger, NumberCaster: StrictNumber}
    made = copy(factory)
    made.types_caster = copy(factory.types_caster)
    made.types_caster.casters = {
        name: strict.get(caster, caster)
        for name, caster in factory.types_caster.casters.items()
    }
    return made
