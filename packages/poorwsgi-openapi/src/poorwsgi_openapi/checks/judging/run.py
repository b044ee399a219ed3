"""What one judgement has found so far, and what it may still cost.

A container is judged by a schema once: the verdict is remembered by the place of
the schema and the identity of the value.  Each visit costs steps, by the size of
what is looked at; when they are used up, the judgement ends.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

__all__ = ["Enough", "Path", "Run", "TooCostly", "Violation", "count_values"]

_MOST_VIOLATIONS = 50
_MOST_NAMES = 65_536
"""Characters of names in the places of violations, which a client may choose."""

Path: TypeAlias = tuple[Any, ...]
"""Where a value is: the path of what it is in, and its key there; or nothing."""


class TooCostly(Exception):
    """The steps of a judgement are used up."""


class Enough(Exception):
    """So many violations have been found that no more are looked for."""


class Violation:
    """One rule that a value breaks; it has the attributes of jsonschema's errors.

    Attributes:
        validator: the keyword; ``None`` of a schema that is false.
        validator_value: what the schema says there.
        instance: the value.
        schema: the schema.
        absolute_path: keys from the whole value to this one.
        message: jsonschema's, where its keyword was asked; else empty.
        names: properties that are missing, or that aren't allowed.
    """

    __slots__ = (
        *("absolute_path", "instance", "message", "names", "schema", "validator"),
        "validator_value",
    )

    def __init__(
        self,
        validator: str | None,
        validator_value: Any,
        instance: Any,
        schema: Any,
        path: Path,
        names: Sequence[str] = (),
        message: str = "",
    ) -> None:
        self.validator = validator
        self.validator_value = validator_value
        self.instance = instance
        self.schema = schema
        self.names = names
        self.message = message
        keys: list[Any] = []
        while path:
            keys.append(path[1])
            path = path[0]
        self.absolute_path = keys[::-1]


class Run:
    """One judgement of one value.

    Args:
        steps: what it may cost.

    Attributes:
        steps: how many are left.
        known: verdicts by place and value.
        told: places and values whose violations have been noted.
        made: typed values by place and value.
        parts: what schemas add to a typed value, by place and value.
        violations: what was found.
        room: characters that the names in further places may have.
    """

    __slots__ = ("known", "made", "parts", "room", "steps", "told", "violations")

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.known: dict[int, bool] = {}
        self.told: set[int] = set()
        self.made: dict[int, Any] = {}
        self.parts: dict[int, dict[str, Any]] = {}
        self.violations: list[Violation] = []
        self.room = _MOST_NAMES

    def spend(self, steps: int) -> None:
        """Use up some steps.

        Raises:
            TooCostly: there are none left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise TooCostly

    def refuse(
        self,
        path: Path | None,
        keyword: str | None,
        rule: Any,
        value: Any,
        schema: Any,
        names: Sequence[str] = (),
        message: str = "",
    ) -> bool:
        """Note a violation where they are gathered; the verdict is ``False``.

        Raises:
            Enough: no more are looked for.
        """
        if path is not None:
            found = Violation(keyword, rule, value, schema, path, names, message)
            self.violations.append(found)
            self.room -= len(repr(found.absolute_path))
            if len(self.violations) == _MOST_VIOLATIONS or self.room < 0:
                raise Enough
        return False


def count_values(value: Any, most_levels: int) -> int:
    """Count the values in a value, itself included.

    Raises:
        RecursionError: it is nested more deeply than so many levels.
    """
    count, level = 1, [value]
    for _ in range(most_levels):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        if not inner:
            return count
        count += len(inner)
        level = inner
    if any(isinstance(each, (dict, list)) for each in level):
        raise RecursionError(f"The value is nested in more than {most_levels} levels")
    return count
