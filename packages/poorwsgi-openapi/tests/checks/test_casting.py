"""Texts become what their schemas describe."""

from typing import Any

import pytest

from poorwsgi_openapi.checks.casting import CastError, Casting
from poorwsgi_openapi.document.document import Document

RAW: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {},
    "components": {
        "schemas": {
            "Count": {"type": "integer"},
            "Self": {"allOf": [{"$ref": "#/components/schemas/Self"}]},
        }
    },
}
COUNT: dict[str, Any] = {"$ref": "#/components/schemas/Count"}
SELF = {"$ref": "#/components/schemas/Self"}
casting = Casting(Document(RAW, check=False))


@pytest.mark.parametrize(
    ("schema", "value", "made"),
    [
        ({"type": "integer"}, "5", 5),
        (COUNT, "5", 5),
        (COUNT, 5, 5),
        ({"type": ["integer", "null"]}, "5", 5),
        ({"type": ["string", "integer"]}, "5", 5),
        ({"type": ["string", "integer"]}, "x", "x"),
        ({"type": "null"}, "x", "x"),
        ({"type": "odd"}, "x", "x"),
        ({}, "5", "5"),
        (True, "5", "5"),
        ({"const": 5}, "5", 5),
        ({"const": True}, "true", True),
        ({"enum": [1, "1"]}, "1", "1"),
        ({"enum": [1, None]}, "null", None),
        ({"enum": [1]}, "2", "2"),
        ({"allOf": [COUNT, {"minimum": 1}]}, "5", 5),
        ({"allOf": [COUNT]}, "x", "x"),
        ({"oneOf": [COUNT, {"type": "string"}]}, "x", "x"),
        ({"anyOf": [{"type": "boolean"}, COUNT]}, "5", 5),
        ({"anyOf": [COUNT, {"type": "array", "items": COUNT}]}, ["5", "6"], [5, 6]),
        (SELF, "5", "5"),
        ({"type": "array", "items": COUNT}, ["5"], [5]),
        ({"items": COUNT}, ["5"], [5]),
        (
            {"prefixItems": [{"type": "boolean"}], "items": COUNT},
            ["no", "5"],
            [False, 5],
        ),
        ({"type": "object", "properties": {"a": COUNT}}, {"a": "5", "b": "6"}, None),
        ({"additionalProperties": COUNT}, {"a": "5"}, {"a": 5}),
        ({"properties": {"a": {"type": "string"}}}, {"a": ["x", "y"]}, {"a": "x"}),
        ({"properties": {"a": {"items": COUNT}}}, {"a": "5"}, {"a": [5]}),
        ({"properties": {"a": {"items": COUNT}}}, {"a": ["5"]}, {"a": [5]}),
        ({"allOf": [{"properties": {"a": COUNT}}]}, {"a": "5"}, {"a": 5}),
    ],
)
def test_values(schema: Any, value: Any, made: Any) -> None:
    """The first type that takes a text is its type."""
    expected = {"a": 5, "b": "6"} if made is None and value != "null" else made
    assert casting.cast(value, schema) == expected


def test_constants_are_those_of_their_schema() -> None:
    """One that came and went leaves nothing to the next one."""
    for number in range(100):
        assert casting.cast(str(number), {"const": number}) == number
        assert casting.cast(str(number), {"enum": [number]}) == number


@pytest.mark.parametrize(
    ("schema", "value", "pointer", "kind"),
    [
        (COUNT, "x", "", "integer"),
        ({"type": "array", "items": COUNT}, ["1", "x"], "/1", "integer"),
        (
            {"properties": {"a/b": {"items": COUNT}}},
            {"a/b": ["x"]},
            "/a~1b/0",
            "integer",
        ),
        ({"type": "array"}, "x", "", "array"),
        ({"type": "array", "items": {"type": "array"}}, ["x"], "/0", "array"),
        (COUNT, ["1"], "", "integer"),
        (COUNT, {"a": "1"}, "", "integer"),
    ],
)
def test_what_does_not_fit_is_pointed_at(
    schema: Any, value: Any, pointer: str, kind: str
) -> None:
    """An error says where the text is and what it should be."""
    with pytest.raises(CastError) as caught:
        casting.cast(value, schema)
    assert (caught.value.pointer, caught.value.kind) == (pointer, kind)


@pytest.mark.parametrize("keyword", ["allOf", "oneOf", "anyOf"])
def test_two_ways_to_a_schema_are_tried_once(keyword: str) -> None:
    """Levels of schemas that are reached twice each don't double the work."""
    union: Any = {keyword: [{"const": 1}, {"enum": [2, 3]}]}
    assert casting.cast("3", union) == (3 if keyword != "allOf" else "3")
    schema: Any = COUNT
    for _ in range(60):
        schema = {keyword: [schema, schema]}
    assert casting.cast("1", schema) == 1
    assert casting.cast("x", schema) == "x"


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({}, "text"),
        (None, "text"),
        (COUNT, "text"),
        ({"type": "null"}, "text"),
        ({"type": "array"}, "list"),
        ({"minItems": 1}, "list"),
        ({"type": ["object", "null"]}, "object"),
        ({"properties": {"a": COUNT}}, "object"),
        ({"type": ["string", "array"]}, "any"),
        ({"oneOf": [COUNT, {"type": "array"}]}, "any"),
        ({"oneOf": [COUNT, {"type": "object"}]}, "text"),
        (SELF, "text"),
    ],
)
def test_shapes(schema: Any, shape: str) -> None:
    """A schema describes a text, a list, an object, or one and several."""
    assert casting.shape(schema) == shape


@pytest.mark.parametrize(
    ("schema", "is_open"),
    [
        ({"type": "object"}, True),
        ({"properties": {"a": COUNT}}, False),
        ({"properties": {"a": COUNT}, "additionalProperties": True}, True),
        ({"additionalProperties": False}, False),
        (
            {"allOf": [{"properties": {"a": COUNT}}, {"unevaluatedProperties": False}]},
            False,
        ),
    ],
)
def test_open_objects(schema: Any, is_open: bool) -> None:
    """An object is open if it says so, or declares nothing."""
    assert casting.is_open(schema) is is_open
