"""What a function returns, as far as its code tells."""

import dis
from itertools import pairwise
from types import CodeType
from typing import Any, Final

from poorwsgi_core.request.callables import probe

__all__ = ["COMPUTED", "find_code", "is_generator", "list_returned"]

_GENERATOR = 0x20
_RETURNS = ("RETURN_CONST", "RETURN_VALUE")
_CONSTANTS = ("LOAD_CONST", "LOAD_SMALL_INT", "RETURN_CONST")

COMPUTED: Final = object()
"""Stands for a value that isn't written in the code."""


def find_code(handler: Any) -> CodeType | None:
    """Find what is run when something is called."""
    for each in (handler, probe(handler, "__call__")):
        code = probe(each, "__code__")
        if isinstance(code, CodeType):
            return code
    return None


def is_generator(code: CodeType) -> bool:
    """Tell whether nothing is run before somebody asks for the first piece."""
    return bool(code.co_flags & _GENERATOR)


def list_returned(code: CodeType) -> list[Any]:
    """List the values that a function returns, or ``COMPUTED`` for one or more."""
    if is_generator(code):
        return [COMPUTED]
    found: list[Any] = []
    for before, step in pairwise(dis.get_instructions(code)):
        if step.opname in _RETURNS:
            source = step if step.opname in _CONSTANTS else before
            found.append(source.argval if source.opname in _CONSTANTS else COMPUTED)
    return found
