"""Schemas that contradict themselves: each is told at its place."""

from typing import Any

import pytest

from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.specification import find_faults

SELF = {"$ref": "#/components/schemas/A"}
OTHER = {"$ref": "#/components/schemas/B"}
CLOSED: dict[str, Any] = {"additionalProperties": False, "properties": {"a": {}}}
CIRCLE = "consists of itself"
ENDLESS = "without end"
REQUIRED = "required and not allowed"


def find(schema: Any, other: Any, version: str) -> list[tuple[str, str, bool]]:
    """Return pointers and messages of what is wrong with two schemas."""
    document = Document(
        {
            "openapi": version,
            "info": {"title": "A", "version": "1"},
            "paths": {},
            "components": {"schemas": {"A": schema, "B": other}},
        },
        check=False,
    )
    return [
        (document.describe(each.keys), each.message, each.is_fault)
        for each in find_faults(document)
    ]


def of(name: str, node: Any, **more: Any) -> dict[str, Any]:
    """Build an object that has to have a property."""
    return {"type": "object", "required": [name], "properties": {name: node}, **more}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1"])
@pytest.mark.parametrize(
    ("schema", "other"),
    [
        (SELF, {}),
        (OTHER, SELF),
        ({"allOf": [SELF]}, {}),
        ({"default": 1, "anyOf": [{"type": "string"}, SELF]}, {}),
        ({"not": {"oneOf": [SELF]}}, {}),
        ({"allOf": [OTHER]}, {"oneOf": [SELF]}),
        ({"not": {"not": SELF}}, {}),
    ],
)
def test_circles(schema: Any, other: Any, version: str) -> None:
    """A schema that consists of itself judges nothing: the start stops."""
    ((place, message, is_fault),) = find(schema, other, version)
    assert place == "at /components/schemas/A"
    assert (CIRCLE in message, is_fault) == (True, True)


@pytest.mark.parametrize(
    ("schema", "other", "place", "words"),
    [
        (of("a", SELF), {}, "", ENDLESS),
        (of("a", {"allOf": [SELF]}), {}, "", ENDLESS),
        (of("a", OTHER), of("b", of("c", SELF)), "", ENDLESS),
        (CLOSED | {"required": ["a", "b"]}, {}, "/required", REQUIRED),
        ({"allOf": [OTHER, {"required": ["b"]}]}, CLOSED, "/allOf/1", REQUIRED),
    ],
)
def test_what_nothing_fits(schema: Any, other: Any, place: str, words: str) -> None:
    """Of what no value fits the start warns."""
    ((where, message, is_fault),) = find(schema, other, "3.0.3")
    assert where == f"at /components/schemas/A{place}"
    assert (words in message, is_fault) == (True, False)


@pytest.mark.parametrize(
    ("schema", "other"),
    [
        (of("a", SELF, nullable=True), {}),
        (of("a", {"type": "array", "items": SELF}), {}),
        ({"type": "object", "properties": {"a": SELF}}, {}),
        ({"type": "object", "required": ["a"]}, {}),
        (of("a", {"readOnly": True, "allOf": [SELF]}), {}),
        ({"allOf": [OTHER, {"allOf": [OTHER]}]}, {"type": "object"}),
        (CLOSED | {"required": ["a"]}, {}),
        ({"allOf": [{"required": ["b"]}, {"type": "object"}]}, {}),
    ],
)
def test_what_something_fits(schema: Any, other: Any) -> None:
    """Trees end somewhere, and what is open may have any name."""
    assert find(schema, other, "3.0.3") == []


def test_closed_object_with_patterns() -> None:
    """Names may be those of a pattern."""
    more: dict[str, Any] = {"required": ["b"], "patternProperties": {"^b": {}}}
    assert find(CLOSED | more, True, "3.1.1") == []
