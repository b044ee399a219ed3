"""Constraints that JSON Schema can't say: they are asked when a value is read.

Least and greatest values are of numbers there, so that those of dates and decimal
numbers, whose JSON is text, are compared here; a predicate of ``annotated_types`` is a
function, which no document can hold.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin

from poorwsgi_openapi.code.hints import UNIONS, unwrap

__all__ = ["BOUNDS", "Bound", "Check", "build_check", "check_limit", "has_order"]

Check = Callable[[Any], None]


def _is_multiple(value: Any, step: Any) -> bool:
    try:
        return not value % step
    except ArithmeticError:  # of more digits than decimal numbers are divided by
        return False


class Bound(NamedTuple):
    """What a constraint asks of a value.

    Attributes:
        keyword: what JSON Schema calls it.
        fits: compares a value with a limit.
        message: what is told of a value that doesn't fit.
    """

    keyword: str
    fits: Callable[[Any, Any], bool]
    message: str


BOUNDS: Mapping[str, Bound] = {
    "ge": Bound("minimum", operator.ge, "has to be at least {}"),
    "gt": Bound("exclusiveMinimum", operator.gt, "has to be more than {}"),
    "le": Bound("maximum", operator.le, "has to be at most {}"),
    "lt": Bound("exclusiveMaximum", operator.lt, "has to be less than {}"),
    "multiple_of": Bound("multipleOf", _is_multiple, "has to be a multiple of {}"),
}
"""By the attributes of constraints."""
_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_ORDERED: Mapping[Any, Any] = {
    Decimal: Decimal(1),
    date: _DAY.date(),
    datetime: _DAY,
    time: _DAY.timetz(),
    timedelta: timedelta(1),
}
"""A value of each type whose values are compared here, as JSON gives it."""


def has_order(hint: Any) -> bool:
    """Tell a type, ``None`` beside it or not, whose values are compared here."""
    kinds = _list_kinds(hint)
    return bool(kinds) and all(
        isinstance(kind, type) and kind in _ORDERED for kind in kinds
    )


def check_limit(hint: Any, attribute: str, limit: Any, where: str) -> None:
    """Compare a limit with a value of its type.

    Args:
        hint: the type.
        attribute: of the constraint.
        limit: its value.
        where: what it is the type of, for the message.

    Raises:
        TypeError: that can't be: the limit lacks its offset, or is of another type.
    """
    for kind in _list_kinds(hint):
        try:
            BOUNDS[attribute].fits(_ORDERED[kind], limit)
        except TypeError as error:
            raise TypeError(
                f"{where} has {attribute}={limit!r}, with which no {kind.__name__} of "
                f"a client can be compared: {error}. Date and time have an offset in "
                "JSON, as datetime(2024, 1, 1, tzinfo=UTC) has it"
            ) from error


def _list_kinds(hint: Any) -> list[Any]:
    hint, _ = unwrap(hint)
    members = get_args(hint) if get_origin(hint) in UNIONS else (hint,)
    return [unwrap(each)[0] for each in members if each is not NoneType]


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
        for attribute, (_, fits, message) in BOUNDS.items():
            limit = getattr(note, attribute, None)
            if ordered and limit is not None:
                yield fits, limit, message
        if type(note).__name__ == "Predicate":
            func = note.func
            yield lambda value, ask: ask(value), func, "is not allowed"
        yield from _list_tests(hint, getattr(note, "metadata", None) or ())
