"""Constraints that JSON Schema can't say: they are asked when a value is read.

Least and greatest values are of numbers there, so that those of dates and decimal
numbers, whose JSON is text, are compared here; a predicate of ``annotated_types`` is a
function, which no document can hold.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_origin

from poorwsgi_openapi.code.hints import UNIONS, unwrap

__all__ = ["BOUNDS", "Check", "build_check", "has_order"]

Check = Callable[[Any], None]
BOUNDS: Mapping[str, tuple[Callable[[Any, Any], bool], str]] = {
    "ge": (operator.ge, "has to be at least {}"),
    "gt": (operator.gt, "has to be more than {}"),
    "le": (operator.le, "has to be at most {}"),
    "lt": (operator.lt, "has to be less than {}"),
    "multiple_of": (lambda value, step: not value % step, "has to be a multiple of {}"),
}
"""Attributes of constraints, how they compare, and what is told."""
_ORDERED = (Decimal, date, datetime, time, timedelta)


def has_order(hint: Any) -> bool:
    """Tell a type, ``None`` beside it or not, whose values are compared here."""
    hint, _ = unwrap(hint)
    members = get_args(hint) if get_origin(hint) in UNIONS else (hint,)
    kinds = [unwrap(each)[0] for each in members if each is not NoneType]
    return bool(kinds) and all(kind in _ORDERED for kind in kinds)


def build_check(hint: Any, notes: Sequence[Any]) -> Check | None:
    """Build what asks the constraints of a type, or raises ValueError.

    Args:
        hint: the type.
        notes: what ``Annotated`` says of it.
    """
    tests = [*_list_tests(hint, notes)]
    if not tests:
        return None

    def check(value: Any) -> None:
        for is_right, limit, message in tests:
            if value is not None and not is_right(value, limit):
                raise ValueError(message.format(limit))

    return check


def _list_tests(
    hint: Any, notes: Sequence[Any]
) -> Iterator[tuple[Callable[[Any, Any], bool], Any, str]]:
    ordered = has_order(hint)
    for note in notes:
        for attribute, (compare, message) in BOUNDS.items():
            limit = getattr(note, attribute, None)
            if ordered and limit is not None:
                yield compare, limit, message
        if type(note).__name__ == "Predicate":
            func = note.func
            yield lambda value, ask: ask(value), func, "is not allowed"
        yield from _list_tests(hint, getattr(note, "metadata", None) or ())
