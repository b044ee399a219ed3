"""The short way: what it knows, and what it leaves to openapi-core."""

from collections.abc import Callable
from typing import Any

import openapi_core
import pytest

from poorwsgi_openapi.checks.certain import UNSURE, ask_certain, never
from poorwsgi_openapi.checks.engine import Engine
from poorwsgi_openapi.document.document import Document

Make = Callable[..., Any]


@pytest.fixture
def make() -> Make:
    """Return what builds the short way of a schema."""

    def make(
        schema: Any,
        version: str = "3.1.1",
        config: Any = None,
        *,
        is_reading: bool = False,
        **schemas: Any,
    ) -> Any:
        raw = {
            "openapi": version,
            "info": {},
            "components": {"schemas": {"X": schema, **schemas}},
        }
        engine = Engine(Document(raw, check=False), config)
        side = engine.response if is_reading else engine.request
        return side.plan(("components", "schemas", "X"), schema).certain

    return make


OBJECT: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
}
UNKNOWN: list[Any] = [
    {"anyOf": [OBJECT]},
    {"anyOf": [OBJECT, OBJECT]},
    {"anyOf": [OBJECT, {"type": "null"}, {"type": "null"}]},
    {"anyOf": {}},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
    {"anyOf": [{**OBJECT, "additionalProperties": OBJECT}, {"type": "null"}]},
    {"anyOf": [{**OBJECT, "not": {}}, {"type": "null"}]},
    {"anyOf": [OBJECT, {"type": "null"}], "minProperties": 1},
    True,
    {"x-model": "A"},
    {"x-model-path": "a.B"},
    {"allOf": []},
    {"type": "string", "minimum": 1},
    {"type": "nonsense"},
    {"type": ["string", "integer"]},
    {"type": ["string", "nonsense"]},
    {"type": "string", "minLength": "1"},
    {"type": "integer", "minimum": "1"},
    {"type": "string", "enum": [1]},
    {"type": "object", "enum": [{}]},
    {"type": "object", "properties": []},
    {"type": "object", "required": "a"},
    {"type": "array", "items": {"oneOf": []}},
    {"$ref": "#/components/schemas/X", "minLength": 1},
]


@pytest.mark.parametrize("schema", UNKNOWN)
def test_what_is_not_known_is_left_alone(make: Make, schema: Any) -> None:
    """A schema that has more to say has no short way."""
    assert make(schema) is never
    assert never("x") is UNSURE


KNOWN: list[Any] = [
    (
        {"type": "string", "minLength": 1, "maxLength": 2},
        ["a", "ab"],
        ["", "abc", 1],
    ),
    (
        {"type": "string", "pattern": "^a", "minLength": 1, "maxLength": 2},
        ["a"],
        ["b"],
    ),
    ({"type": "string", "enum": ["a", "b"]}, ["a"], ["c"]),
    ({"const": "a", "type": "string"}, ["a"], ["b"]),
    ({"type": ["string", "null"], "enum": ["a", None]}, ["a", None], ["b"]),
    ({"type": ["string", "null"], "enum": ["a"]}, ["a"], [None]),
    (
        {"type": ["null", "integer"], "exclusiveMinimum": 1},
        [2, None],
        [1, True, 2.0],
    ),
    ({"type": "null"}, [None], [0]),
    ({"type": "integer", "exclusiveMaximum": 3, "minimum": 1}, [1, 2], [0, 3]),
    (
        {"type": "number", "maximum": 3, "multipleOf": 1.5},
        [3, 1.5, -3],
        [2, 4.5, True],
    ),
    ({"type": "boolean"}, [True, False], [1, "true"]),
    ({"type": "array", "items": {"type": "integer"}}, [[], [1, 2]], [["1"], "1"]),
    ({"type": "array", "minItems": 1, "uniqueItems": True}, [[1]], [[], [1, 1]]),
    ({}, [1, None, {"a": [1]}], []),
    ({"title": "note", "x-note": 1}, [1], []),
    (
        {"type": "object", "maxProperties": 1},
        [{}, {"a": 1}],
        [{"a": 1, "b": 2}, []],
    ),
    (
        {"type": "object", "properties": {"a": {"allOf": []}}},
        [{"b": 1}],
        [{"a": 1}],
    ),
    (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        [{"a": 1}],
        [{"a": "1"}],
    ),
    ({"type": "object", "additionalProperties": False}, [{}], [{"a": 1}]),
    ({"anyOf": [OBJECT, {"type": "null"}]}, [{"a": 1}, None], [{"a": "x"}, 1]),
    ({"anyOf": [{"type": "null"}, OBJECT], "title": "x"}, [{}, None], [[]]),
]


@pytest.mark.parametrize(("schema", "sure", "unsure"), KNOWN)
def test_values_are_recognised(
    make: Make, schema: Any, sure: list[Any], unsure: list[Any]
) -> None:
    """What is surely valid is kept; the rest is asked of openapi-core."""
    check = make(schema)
    assert [check(value) for value in sure] == sure
    assert all(check(value) is UNSURE for value in unsure)


@pytest.mark.parametrize(
    ("schema", "sure", "unsure"),
    [
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, 1),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, 1, 0),
        ({"type": "integer", "maximum": 1, "exclusiveMaximum": True}, 0, 1),
        ({"type": "string", "nullable": True}, None, 1),
        ({"type": "string", "const": "ignored in 3.0"}, "a", None),
    ],
)
def test_version_3_0_has_its_own_keywords(
    make: Make, schema: Any, sure: Any, unsure: Any
) -> None:
    """Exclusive limits are flags there, and null is a flag too."""
    check = make(schema, "3.0.4")
    assert check(sure) == sure
    assert check(unsure) is UNSURE


def test_null_is_no_type_of_3_0(make: Make) -> None:
    """A type that the version doesn't have isn't known."""
    assert make({"type": "null"}, "3.0.4") is never


def test_properties_of_the_other_direction_are_left_alone(make: Make) -> None:
    """In 3.0 what must not be sent, or not be answered, is openapi-core's."""
    properties = {"a": {"readOnly": True, "type": "integer"}, "b": {"writeOnly": True}}
    schema = {"type": "object", "properties": properties}
    assert make(schema, "3.0.4")({"a": 1}) is UNSURE
    assert make(schema, "3.0.4")({"b": 1}) == {"b": 1}
    assert make(schema, "3.0.4", is_reading=True)({"b": 1}) is UNSURE
    assert make(schema)({"a": 1, "b": 1}) == {"a": 1, "b": 1}


def test_null_beside_an_object_is_of_3_1(make: Make) -> None:
    """What 3.0 means by it is left to openapi-core."""
    assert make({"anyOf": [OBJECT, {"type": "null"}]}, "3.0.4") is never


def test_notes_beside_a_reference_say_nothing(make: Make) -> None:
    """A default there is one of Python's, which the engine doesn't put in."""
    node = {"$ref": "#/components/schemas/Y", "default": "a", "description": "x"}
    schema = {"type": "object", "properties": {"a": node}}
    check = make(schema, Y={"type": "string", "enum": ["a", "b"]})
    assert [check({}), check({"a": "b"})] == [{}, {"a": "b"}]
    assert check({"a": "c"}) is UNSURE


def test_references_are_followed(make: Make) -> None:
    """A schema may refer to itself, twice, and to others."""
    node = {"$ref": "#/components/schemas/X"}
    schema = {"type": "object", "properties": {"a": node, "b": node}}
    check = make(schema)
    assert check({"a": {"b": {}}}) == {"a": {"b": {}}}
    assert check({"a": {"b": 1}}) is UNSURE
    pair: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"$ref": "#/components/schemas/Y"}},
    }
    pair["properties"]["b"] = pair["properties"]["a"]
    assert make(pair, Y={"type": "integer"})({"a": 1, "b": 2}) == {"a": 1, "b": 2}


def test_defaults_are_put_in(make: Make) -> None:
    """A property that is missing has its default, typed; a doubtful one is asked."""
    day = {"type": "string", "format": "date", "default": "2026-01-31"}
    schema = {"type": "object", "properties": {"d": {"$ref": "#/components/schemas/D"}}}
    made = make(schema, D=day)({})
    assert str(made["d"]) == "2026-01-31"
    assert type(made["d"]).__name__ == "date"
    bad = {"type": "object", "properties": {"n": {"type": "integer", "default": "x"}}}
    assert make(bad)({}) is UNSURE
    assert make(bad)({"n": 1}) == {"n": 1}
    assert make({"type": "object", "properties": {"n": True}})({}) == {}
    loop = {"type": "object", "properties": {"n": {"$ref": "#/components/schemas/L"}}}
    assert make(loop, L={"$ref": "#/components/schemas/L"})({}) == {}


def test_formats_are_those_of_openapi_core(make: Make) -> None:
    """A format's check and its conversion are the same functions."""
    assert make({"type": "string", "format": "date"})("2026-02-30") is UNSURE
    assert make({"type": "string", "format": "byte"})("YQ==") == "a"
    assert make({"type": "string", "format": "binary"})("a") == "a"
    assert make({"type": "integer", "format": "int32"})(2**40) is UNSURE
    assert make({"type": "string", "format": "unknown"})("a") == "a"
    config = openapi_core.Config(
        extra_format_validators={"shout": str.isupper},
        extra_format_unmarshallers={"shout": str.lower},
    )
    check = make({"type": "string", "format": "shout"}, "3.1.1", config)
    assert (check("ABC"), check("abc")) == ("abc", UNSURE)


def test_policies_of_openapi_core_count(make: Make) -> None:
    """What its Config makes stricter is left to it."""
    config = openapi_core.Config(
        additional_properties_default_policy="forbid",
        response_properties_default_policy="required",
    )
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert make(schema, "3.1.1", config)({"b": 1}) is UNSURE
    assert make(schema, "3.1.1", config, is_reading=True)({}) is UNSURE
    assert make(schema, "3.1.1", config)({}) == {}


def test_format_that_raises_is_asked_the_long_way() -> None:
    """Whatever somebody's format raises, nothing is sure."""

    def check(value: str) -> int:
        return 1 // len(value)

    assert (ask_certain(check, "x"), ask_certain(check, "")) == (1, UNSURE)
