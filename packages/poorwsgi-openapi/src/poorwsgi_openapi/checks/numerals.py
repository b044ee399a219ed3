"""Numerals: which texts are numbers, in parameters and forms.

They are those of JSON, with zeros in front allowed.  Python reads more, and so
does openapi-core: blanks around, underscores, digits of any script, ``nan``.
"""

import re
from copy import copy
from math import isfinite
from typing import Any

__all__ = ["read_integer", "read_number", "with_strict_numerals"]

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def read_integer(text: str) -> int:
    """Read an integer.

    Raises:
        ValueError: it is none.
    """
    # PERF: most are digits alone, which are told without the expression.
    if (text.isdecimal() and text.isascii()) or _INTEGER.fullmatch(text):
        return int(text)
    raise ValueError("This is no integer")


def read_number(text: str) -> float:
    """Read a number.

    Raises:
        ValueError: it is none, or too large for a float.
    """
    if _NUMBER.fullmatch(text) and isfinite(number := float(text)):
        return number
    raise ValueError("This is no number")


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
