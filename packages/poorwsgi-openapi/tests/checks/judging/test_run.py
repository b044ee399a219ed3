"""Steps, violations and levels of one judgement."""

import pytest

from poorwsgi_openapi.checks.judging.run import (
    Enough,
    Run,
    TooCostly,
    count_values,
)


def test_steps_end() -> None:
    """The last step may be spent, and none after it."""
    run = Run(2)
    run.spend(2)
    with pytest.raises(TooCostly):
        run.spend(1)


def test_violations_are_noted_where_there_is_a_path() -> None:
    """Without a path, only the verdict counts."""
    run = Run(9)
    assert run.refuse(None, "type", "string", 1, {}) is False
    assert run.violations == []
    assert run.refuse((((), "a"), 0), "type", "string", 1, {}) is False
    (violation,) = run.violations
    assert violation.absolute_path == ["a", 0]


def test_so_many_violations_are_enough() -> None:
    """The fiftieth ends the judgement."""
    run = Run(9)
    for _ in range(49):
        run.refuse((), "type", "string", 1, {})
    with pytest.raises(Enough):
        run.refuse((), "type", "string", 1, {})
    assert len(run.violations) == 50


def test_places_with_long_names_are_fewer() -> None:
    """An answer doesn't tell a long name again and again."""
    run = Run(9)
    path = (((), "k" * 40_000), 0)
    run.refuse(path, "type", "string", 1, {})
    with pytest.raises(Enough):
        run.refuse(path, "type", "string", 1, {})
    assert len(run.violations) == 2


def test_values_are_counted_by_levels() -> None:
    """All values count, and arrays and objects are levels."""
    assert count_values(1, 0) == 1
    assert count_values({"a": [1, {}]}, 3) == 4
    assert count_values([1], 1) == 2
    with pytest.raises(RecursionError, match="more than 1 levels"):
        count_values([[]], 1)
