"""What values become by a schema that they fit."""

from datetime import date
from typing import Any

import pytest
from jsonschema_path import SchemaPath
from openapi_core.unmarshalling import schemas as unmarshalling
from openapi_schema_validator import OAS31Validator

from poorwsgi_openapi.checks.judging.judge import Judge
from poorwsgi_openapi.checks.judging.run import Run
from poorwsgi_openapi.checks.judging.typed import Maker

STOCK: Any = unmarshalling
DATE = {"type": "string", "format": "date"}
DAY = "2026-01-31"
DATED = {"type": "object", "properties": {"d": DATE}}


def make(schema: Any, value: Any) -> Any:
    """Make a typed value."""
    validator = OAS31Validator(schema)
    place = Judge(validator).place(validator)
    run = Run(1000)
    assert place.fits(run, value)
    return Maker(STOCK.oas31_format_unmarshallers).make(run, place, value)


def make_stock(schema: Any, value: Any) -> Any:
    """Make it by openapi-core."""
    path = SchemaPath.from_dict(schema)
    return STOCK.oas31_schema_unmarshallers_factory.create(path, path).unmarshal(value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (DATE, DAY),
        ({}, {"a": [1, None]}),
        ({"type": "array"}, [DAY]),
        ({"type": "array", "items": DATE}, [DAY, DAY]),
        (DATED, {"d": DAY, "x": [DAY]}),
        ({**DATED, "additionalProperties": DATE}, {"d": DAY, "x": DAY}),
        ({**DATED, "additionalProperties": False}, {"d": DAY}),
        ({"oneOf": [{"type": "integer"}, DATE]}, DAY),
        ({"anyOf": [{"type": "integer"}, DATE]}, 1),
        ({"oneOf": [DATED, {"required": ["x"]}]}, {"d": DAY}),
        ({"anyOf": [DATED, {"type": "object"}]}, {"d": DAY}),
        ({"allOf": [DATED, {"required": ["d"]}, {"title": "x"}]}, {"d": DAY}),
        ({"allOf": [{"properties": {"d": DATE}}]}, {"d": DAY}),
        ({"properties": {"d": {**DATE, "default": DAY}}}, {}),
        ({"properties": {"d": {**DATE, "default": DAY}}}, {"d": "2026-02-01"}),
        ({"type": "string", "format": "nobody's"}, "x"),
        ({"type": "string", "format": "byte"}, "YWJj"),
        ({"type": "integer", "format": "date"}, 1),
        ({"type": "object", "x-model-path": "builtins.frozenset"}, {}),
    ],
)
def test_values_are_openapi_core_s(schema: Any, value: Any) -> None:
    """Dates, defaults, unions and models are what openapi-core makes of them."""
    assert make(schema, value) == make_stock(
        {k: v for k, v in schema.items() if v != "nobody's"}, value
    )


def test_text_that_can_not_be_read_is_kept() -> None:
    """Without a check of formats, a date may be none."""
    assert make(DATE, "x") == "x"


def test_model_is_made() -> None:
    """A schema with a model becomes an object of that."""
    made = make({"x-model": "Pet", **DATED}, {"d": DAY, "n": 1})
    assert (type(made).__name__, made.d, made.n) == ("Pet", date(2026, 1, 31), 1)


def test_bytes_are_kept() -> None:
    """A file of a form has no text to be read; one of format binary stays."""
    for name in ("date", "binary"):
        assert make({"format": name, "title": "file"}, b"x") == b"x"


def test_parts_that_are_meant_for_other_schemas_are_kept() -> None:
    """openapi-core would refuse these, which fit."""
    tuples: Any = {"prefixItems": [{"type": "integer"}], "items": DATE}
    assert make(tuples, [1, DAY]) == [1, date(2026, 1, 31)]
    named: Any = {"patternProperties": {"^x": {}}, "additionalProperties": DATE}
    assert make(named, {"x": 1, "d": DAY}) == {"x": 1, "d": date(2026, 1, 31)}


def test_default_has_to_fit() -> None:
    """One that doesn't is the document's fault: it isn't put in."""
    assert make({"properties": {"a": {"type": "integer", "default": "x"}}}, {}) == {}


def test_boolean_schemas_make_nothing() -> None:
    """By true, a value is what it was."""
    assert make({"properties": {"a": True}, "oneOf": [True, False]}, {"a": DAY}) == {
        "a": DAY
    }
