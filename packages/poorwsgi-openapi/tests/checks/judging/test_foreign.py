"""Keywords of somebody else are asked by a stand-in of jsonschema's validator."""

from collections.abc import Iterator
from typing import Any, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from poorwsgi_openapi.checks.judging.judge import Judge
from poorwsgi_openapi.checks.judging.run import Run


def all_ways(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[Any]:
    """Ask for a schema by everything that a validator offers."""
    assert validator.schema is schema
    assert validator.is_type(value, "object")
    inner = validator.evolve(schema=rule)
    verdicts = [
        inner.is_valid(value),
        not [*inner.iter_errors(value)],
        not [*validator.descend(value, rule)],
        not [*validator._validate_reference("#/$defs/rule", value)],
    ]
    assert len(set(verdicts)) == 1
    yield from validator.descend(value["a"], {"type": "integer"}, path="a")
    yield from validator.descend(value, {"required": ["b"]}, schema_path="x")
    if not verdicts[0]:
        yield ValidationError("no", path=["b"])


def silent(*_: Any) -> None:
    """Say nothing."""


RULE = {"maxProperties": 1}
KIND: Any = cast("Any", validators).extend(
    Draft202012Validator, {"ours": all_ways, "silent": silent}
)
SCHEMA = {"ours": RULE, "silent": 1, "$defs": {"rule": RULE}}


def judge(value: Any, steps: int = 1000) -> tuple[bool, list[tuple[Any, ...]]]:
    """Judge a value; its verdict and its violations."""
    validator = KIND(SCHEMA)
    place = Judge(validator).place(validator)
    found = place.find_violations(Run(steps), value)
    told = [(v.validator, v.absolute_path, v.message) for v in found]
    return place.fits(Run(steps), value), told


def test_function_of_somebody_else_is_asked() -> None:
    """It refuses by what it yields, each with its place and its words."""
    fits, told = judge({"a": "x", "c": 2})
    assert not fits
    assert told == [
        ("type", ["a"], ""),
        ("required", [], "'b'"),
        ("ours", ["b"], "no"),
    ]


def test_function_that_yields_nothing_accepts() -> None:
    """A value that it says nothing about fits."""
    assert judge({"a": 1, "b": 2})[1] == [("ours", ["b"], "no")]
    validator = KIND({"silent": 1})
    assert Judge(validator).place(validator).fits(Run(9), 1)
