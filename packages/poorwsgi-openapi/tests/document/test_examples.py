"""Facts about the values that are built for schemas."""

import math
from typing import Any

import pytest

from poorwsgi_openapi.document.examples import Sampler, list_examples
from poorwsgi_openapi.document.outline import Outline

REFERENCE = "#/components/schemas/"


def build(schema: Any, schemas: dict[str, Any] | None = None, **options: Any) -> Any:
    """Build a value of a schema, in a document with these components."""
    outline = Outline({"components": {"schemas": schemas or {}}})
    return Sampler(outline, options.pop("direction", "response"), **options).build(
        schema
    )


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "example": "given"}, "given"),
        ({"examples": [1, 2]}, 1),
        ({"default": None, "type": "string"}, None),
        ({"const": 7}, 7),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["null", "integer"]}, 1),
        ({}, {}),
        (True, {}),
        ({"minLength": 2}, "string"),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "format": "unheard"}, "string"),
        ({"type": "string", "minLength": 8}, "stringst"),
        ({"type": "string", "maxLength": 3}, "str"),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, "AB"),
        ({"type": "string", "pattern": "^(?=x)"}, "string"),
    ],
)
def test_simple_values(schema: Any, expected: Any) -> None:
    """What the schema offers comes first, then its type with its limits."""
    assert build(schema) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "exclusiveMinimum": 5}, 6),
        ({"type": "integer", "minimum": 5, "exclusiveMinimum": True}, 6),
        ({"type": "integer", "minimum": 5, "exclusiveMinimum": False}, 5),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "integer", "minimum": 4, "multipleOf": 3}, 6),
        ({"type": "integer", "maximum": 7, "minimum": 6.5}, 7),
        ({"type": "number", "exclusiveMinimum": 1}, 1.5),
        ({"type": "number", "multipleOf": 0.4, "maximum": 1.1}, 0.8),
        ({"maximum": 0.5}, 0.5),
    ],
)
def test_numbers(schema: dict[str, Any], expected: float) -> None:
    """A number keeps to its limits, those of 3.0 and of 3.1."""
    assert math.isclose(build(schema), expected)


ARRAYS: list[tuple[Any, list[Any]]] = [
    ({"type": "array", "items": {"type": "integer"}}, [1]),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
    ({"type": "array", "maxItems": 0, "items": {"type": "integer"}}, []),
    ({"prefixItems": [{"const": 1}, {"const": "x"}]}, [1, "x"]),
    (
        {
            "type": "array",
            "minItems": 3,
            "uniqueItems": True,
            "items": {"enum": ["a", "b", "c"]},
        },
        ["a", "b", "c"],
    ),
    (
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"type": "integer"},
        },
        [1, 2],
    ),
    (
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"type": "string"},
        },
        ["string", "string1"],
    ),
    (
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"type": "object"},
        },
        [{}, {}],
    ),
]


@pytest.mark.parametrize(("schema", "expected"), ARRAYS)
def test_arrays(schema: dict[str, Any], expected: list[Any]) -> None:
    """An array has as many items as it must, one otherwise; a set has others."""
    assert build(schema) == expected


OBJECT: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}


def test_objects() -> None:
    """A request lacks what is only read, a response what is only written."""
    assert build(OBJECT) == {"id": 1, "name": "string", "tags": ["string"]}
    assert build(OBJECT, direction="request") == {
        "name": "string",
        "secret": "string",
        "tags": ["string"],
    }


def test_minimal() -> None:
    """A minimal value has what is required, and no items that needn't be."""
    assert build(OBJECT, minimal=True) == {"name": "string"}
    array = {"type": "array", "items": {"type": "integer"}}
    assert build(array, minimal=True) == []
    assert build({**array, "minItems": 1}, minimal=True) == [1]


def test_other_properties() -> None:
    """A mapping shows one entry; a closed object none."""
    assert build({"additionalProperties": {"type": "integer"}}) == {"key": 1}
    assert build({"type": "object", "additionalProperties": False}) == {}


def test_parts_and_alternatives() -> None:
    """All parts apply, the first alternative that isn't null, and what is beside."""
    schema = {
        "allOf": [
            {"required": ["a"], "properties": {"a": {"const": 1}}},
            {"allOf": [{"properties": {"b": {"const": 2}}}]},
        ],
        "oneOf": [{"type": "null"}, {"properties": {"c": {"const": 3}}}],
        "properties": {"d": {"const": 4}},
    }
    assert build(schema) == {"a": 1, "b": 2, "c": 3, "d": 4}
    assert build({"anyOf": [{"type": "null"}]}) is None
    assert build({"allOf": [{"example": 5}]}) == 5


@pytest.mark.parametrize(
    ("mapping", "name"),
    [({}, "Cat"), ({"d": "Dog", "c": "Cat"}, "c"), ({"c": REFERENCE + "Cat"}, "c")],
)
def test_what_is_chosen_is_named(mapping: dict[str, str], name: str) -> None:
    """A discriminator tells it by that name; what has none is told by itself."""
    cat = {"properties": {"kind": {"type": "string"}, "lives": {"const": 9}}}
    chooser = {"propertyName": "kind", "mapping": mapping}
    schema = {"oneOf": [{"$ref": REFERENCE + "Cat"}], "discriminator": chooser}
    assert build(schema, {"Cat": cat}) == {"kind": name, "lives": 9}
    bare = {"oneOf": [cat], "discriminator": chooser}
    assert build(bare) == {"kind": "string", "lives": 9}


def test_recursion_ends() -> None:
    """A schema that holds itself is shown once: optional parts are left out."""
    schemas: dict[str, Any] = {
        "Node": {
            "type": "object",
            "required": ["next"],
            "properties": {
                "next": {"$ref": "#/components/schemas/Node"},
                "other": {"$ref": "#/components/schemas/Node"},
                "all": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Node"},
                },
            },
        },
        "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
        "Map": {"additionalProperties": {"$ref": "#/components/schemas/Map"}},
    }
    reference = "#/components/schemas/"
    assert build({"$ref": f"{reference}Node"}, schemas) == {"next": None, "all": []}
    assert build({"$ref": f"{reference}Loop"}, schemas) == {}
    assert build({"$ref": f"{reference}Map"}, schemas) == {}


def test_size_is_bounded() -> None:
    """Schemas that branch at each level don't grow without end."""
    schemas: dict[str, Any] = {
        f"L{level}": {
            "type": "object",
            "properties": {
                name: {"$ref": f"#/components/schemas/L{level + 1}"} for name in "abcd"
            },
        }
        for level in range(12)
    }
    value = build({"$ref": "#/components/schemas/L0"}, schemas)
    assert len(str(value)) < 100_000


def test_named_examples() -> None:
    """Examples of a media type win over its schema; 3.2 may call them dataValue."""
    outline = Outline(
        {"components": {"examples": {"Cat": {"value": "Tom"}, "Bare": {"summary": 1}}}}
    )
    schema = {"type": "string"}
    media: dict[str, Any] = {
        "schema": schema,
        "examples": {
            "cat": {"$ref": "#/components/examples/Cat"},
            "dog": {"dataValue": "Rex"},
            "fish": {"serializedValue": '{"name": "Nemo"}'},
            "xml": {"serializedValue": "<a/>"},
            "bare": {"$ref": "#/components/examples/Bare"},
        },
    }
    fish = {"fish": {"name": "Nemo"}, "xml": "<a/>"}
    expected = {"cat": "Tom", "dog": "Rex", **fish}
    assert list_examples(outline, media, "response") == expected
    assert list_examples(outline, {"example": 0, **media}, "response") == {"": 0}
    assert list_examples(outline, {"schema": schema}, "response") == {"": "string"}
    # What is serialised for a parameter is a part of a URL.
    url: dict[str, Any] = {"in": "query", "examples": {"a": {"serializedValue": "q=1"}}}
    assert list_examples(outline, url, "request") == {}
    bare = {"examples": {"bare": {"$ref": "#/components/examples/Bare"}}}
    assert list_examples(outline, bare, "response") == {}
