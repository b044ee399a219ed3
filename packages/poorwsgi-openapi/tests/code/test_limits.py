"""Constraints that are asked when a value is read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, get_args

import annotated_types
import pydantic
import pytest

from poorwsgi_openapi import Schema
from poorwsgi_openapi.code.limits import build_check, has_order
from poorwsgi_openapi.code.schemas import Schemas

CENT = Decimal("0.01")
DAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("hint", "value", "message"),
    [
        (Annotated[Decimal, Schema(ge=1)], Decimal("0.5"), "has to be at least 1"),
        (Annotated[Decimal, pydantic.Field(gt=0)], Decimal(0), "has to be more than 0"),
        (
            Annotated[Decimal, Schema(multiple_of=CENT)],
            Decimal("1.005"),
            "has to be a multiple of 0.01",
        ),
        (
            Annotated[Decimal, Schema(multiple_of=CENT)],
            Decimal("9" * 40),
            "has to be a multiple of 0.01",
        ),
        (Annotated[date, annotated_types.Le(DAY)], date(2025, 1, 1), "at most 2024-02"),
        (
            Annotated[timedelta | None, annotated_types.Lt(timedelta(1))],
            timedelta(1),
            "has to be less than 1 day",
        ),
        (Annotated[str, annotated_types.Predicate(str.islower)], "A", "is not allowed"),
    ],
)
def test_what_no_schema_says_is_asked(hint: Any, value: Any, message: str) -> None:
    """Bounds of dates and decimal numbers, and functions."""
    inner, *notes = get_args(hint)
    check = build_check(inner, notes)
    assert check is not None
    check(None)
    with pytest.raises(ValueError, match=message):
        check(value)


@pytest.mark.parametrize("hint", [int, str, None, int | Decimal, list[date]])
def test_other_types_are_left_to_their_schema(hint: Any) -> None:
    """Then nothing is asked twice."""
    assert not has_order(hint)
    assert build_check(hint, [Schema(ge=1)]) is None


@pytest.mark.parametrize(
    "hint",
    [
        Annotated[datetime, Schema(ge=datetime(2024, 1, 1))],  # noqa: DTZ001 - the mistake
        Annotated[datetime | None, annotated_types.Le(DAY)],
        Annotated[Decimal, pydantic.Field(multiple_of=0.1)],
    ],
    ids=["naive", "day", "float"],
)
def test_limit_of_another_type(hint: Any) -> None:
    """It stops the start: each request would fail."""
    with pytest.raises(TypeError, match=r"^n has .* tzinfo=UTC"):
        Schemas().describe(hint, "n")


def test_limit_of_the_type() -> None:
    """It isn't in the schema, and is compared when a value is read."""
    limit = datetime(2024, 1, 1, tzinfo=UTC)
    hint = Annotated[datetime | None, Schema(ge=limit)]
    assert Schemas().describe(hint, "n") == Schemas().describe(datetime | None, "n")
