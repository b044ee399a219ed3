"""Equality of JSON values: numbers by value, booleans apart."""

from datetime import date
from typing import Any

import pytest

from poorwsgi_openapi.checks.judging.sameness import (
    Choices,
    canonical_text,
    has_same_items,
    is_same,
)

PAIRS: list[tuple[Any, Any, bool]] = [
    (1, 1.0, True),
    (1, True, False),
    (0, False, False),
    (False, False, True),
    ("1", 1, False),
    (None, None, True),
    (None, False, False),
    ([1, {"a": 2}], [1.0, {"a": 2.0}], True),
    ([1], [True], False),
    ([1], [1, 1], False),
    ([], {}, False),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    ({"a": 1}, {"b": 1}, False),
    ({"a": 1}, {"a": 1, "b": 1}, False),
    ({"a": 1}, [], False),
    (1e400, 1e400, True),
    (0.5, 0.25, False),
    (10**30, 1e30, 10**30 == 1e30),
]


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_values_are_compared_by_all_ways_alike(
    one: Any, other: Any, expected: bool
) -> None:
    """Values are the same when their texts are, and when a list has both."""
    assert is_same(one, other) is expected
    assert (canonical_text(one) == canonical_text(other)) is expected
    assert has_same_items([one, other]) is expected
    assert (other in Choices([one])) is expected
    assert (one in Choices([..., "a", other])) is expected


def test_texts_are_compared_as_they_are() -> None:
    """A list of strings alone needs no texts of them."""
    assert has_same_items(["a", "b", "a"])
    assert not has_same_items(["a", "b"])


def test_values_of_other_kinds_are_compared_one_by_one() -> None:
    """What is no JSON, such as a date of a form, has no text."""
    today = date(2026, 1, 31)
    assert has_same_items([today, 1, date(2026, 1, 31)])
    assert not has_same_items([today, 1])
    assert today in Choices([1, date(2026, 1, 31)])
    assert today not in Choices(["2026-01-31", None])
