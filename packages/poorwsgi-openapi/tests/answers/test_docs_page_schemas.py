"""Facts about schemas on the page: trees, types and limits."""

import re
from typing import Any

import pytest

from poorwsgi_openapi.answers.docs_page.anchors import Anchors
from poorwsgi_openapi.answers.docs_page.constraints import (
    describe_limits,
    describe_values,
)
from poorwsgi_openapi.answers.docs_page.schemas import Field, SchemaTree
from poorwsgi_openapi.document.outline import Outline

REFERENCE = "#/components/schemas/"


def tree(**schemas: Any) -> SchemaTree:
    """Build the renderer for a document with these schemas."""
    return SchemaTree(Outline({"components": {"schemas": schemas}}), Anchors())


def text_of(html: str) -> str:
    """Drop the tags, and blanks that say nothing."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


TYPES: list[tuple[Any, str]] = [
    ({}, "any"),
    (True, "any"),
    (False, "nothing"),
    ({"type": "string", "format": "uuid"}, "string uuid"),
    ({"type": ["string", "null"]}, "string or null"),
    ({"type": "array", "items": {"type": "integer"}}, "array of integer"),
    ({"type": "array"}, "array"),
    ({"type": "array", "items": {"$ref": f"{REFERENCE}Pet"}}, "array of Pet"),
    ({"$ref": f"{REFERENCE}Pet"}, "Pet"),
    ({"$ref": f"{REFERENCE}Missing"}, "Missing"),
    ({"$ref": "#/x-files/other/Pet"}, "Pet"),
    ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
    ({"anyOf": [{}, {}, {}, {}]}, "any of 4"),
    ({"allOf": [{"$ref": f"{REFERENCE}Pet"}]}, "Pet"),
    ({"allOf": [{}, {}]}, "object"),
    ({"properties": {}}, "object"),
    ({"enum": ["a", "b"]}, "string"),
    ({"enum": ["a", 1]}, "any"),
    ({"const": 1}, "integer"),
    ({"const": None}, "any"),
]


@pytest.mark.parametrize(("schema", "expected"), TYPES)
def test_types(schema: Any, expected: str) -> None:
    """A type is named in words; one with a section is a link to it."""
    assert text_of(tree(Pet={"type": "object"}).describe_type(schema)) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, []),
        ({"minLength": 1}, ["at least 1 character"]),
        ({"minLength": 0, "maxLength": 1}, ["at most 1 character"]),
        ({"minLength": 2, "maxLength": 2}, ["2 characters"]),
        ({"minItems": 1, "maxItems": 3}, ["1 to 3 items"]),
        ({"maxProperties": 2}, ["at most 2 properties"]),
        ({"minimum": 1, "maximum": 5}, ["&ge;&nbsp;1", "&le;&nbsp;5"]),
        ({"exclusiveMinimum": 1}, ["&gt;&nbsp;1"]),
        ({"minimum": 1, "exclusiveMinimum": True}, ["&gt;&nbsp;1"]),
        ({"maximum": 1, "exclusiveMaximum": False}, ["&le;&nbsp;1"]),
        ({"uniqueItems": True}, ["no item twice"]),
        ({"multipleOf": 5}, ["a multiple of <code>5</code>"]),
        ({"pattern": "<a>"}, ["matches <code>&lt;a&gt;</code>"]),
        ({"contentMediaType": "image/png"}, ["holds <code>image/png</code>"]),
        ({"contentEncoding": "base64"}, ["in <code>base64</code>"]),
        ({"not": {}}, ["<code>not</code> <code>{}</code>"]),
        ({"items": {"minLength": 2}}, ["each at least 2 characters"]),
    ],
)
def test_limits(schema: dict[str, Any], expected: list[str]) -> None:
    """Limits are said in words."""
    assert describe_limits(schema) == expected


def test_values() -> None:
    """Values that a schema names are shown; those of an object are a sample."""
    schema = {
        "const": 1,
        "enum": [1, "<"],
        "default": None,
        "examples": ["x"],
    }
    assert [*describe_values(schema)] == [
        ("Always", "<code>1</code>"),
        ("One of", "<code>1</code> <code>&quot;&lt;&quot;</code>"),
        ("Default", "<code>null</code>"),
        ("Example", "<code>&quot;x&quot;</code>"),
    ]
    assert [*describe_values({"items": {"enum": [2]}})] == [
        ("One of", "<code>2</code>")
    ]
    assert [*describe_values({"type": "object", "example": {}})] == []
    assert [*describe_values({"example": 3})] == [("Example", "<code>3</code>")]


def test_fields() -> None:
    """A row says name, type, whether it is required, and what is special."""
    html = tree().render_fields(
        [
            Field(
                "a",
                {"type": "string", "readOnly": True, "description": "schema"},
                "own",
                is_required=True,
                flags=["deprecated"],
            ),
            Field("b", {"type": "integer", "description": "of *b*"}),
        ]
    )
    assert text_of(html) == (
        "a string required deprecated read-only own b integer of b"
    )
    assert tree().render_fields([]) == ""


def test_object() -> None:
    """All ways to name properties are shown."""
    schema = {
        "properties": {"a": {"properties": {"b": {"type": "string"}}}},
        "patternProperties": {"^x-": {"type": "integer"}},
        "additionalProperties": {"type": "boolean"},
        "required": ["a"],
    }
    assert text_of(tree().render(schema)) == (
        "object a object required Fields b string /^x-/ integer any other name boolean"
    )
    closed = {"type": "object", "additionalProperties": False}
    assert text_of(tree().render(closed)) == "object No other fields."


def test_parts_are_joined() -> None:
    """What ``allOf`` puts together is shown as one."""
    schemas = {"Base": {"required": ["id"], "properties": {"id": {"type": "integer"}}}}
    schema: dict[str, Any] = {
        "allOf": [{"$ref": f"{REFERENCE}Base"}, {"properties": {"x": {}}}]
    }
    assert text_of(tree(**schemas).render(schema)) == (
        "object id integer required x any"
    )


def test_arrays() -> None:
    """What is in an array is below it; items by position have their index."""
    items = {"properties": {"a": {"type": "string"}}}
    assert text_of(tree().render({"type": "array", "items": items})) == (
        "array of object a string"
    )
    schema = {"type": "array", "prefixItems": [{"type": "string"}, {}]}
    assert text_of(tree().render(schema)) == "array [0] string [1] any"


def test_alternatives() -> None:
    """Each alternative unfolds; how to tell them apart is said."""
    schemas = {"Cat": {"properties": {"lives": {"type": "integer"}}}}
    schema: dict[str, Any] = {
        "oneOf": [
            {"$ref": f"{REFERENCE}Cat"},
            {"title": "Dog", "properties": {"bark": {}}},
            {"type": "string"},
            {"type": "integer", "minimum": 1},
        ],
        "discriminator": {"propertyName": "kind", "mapping": {"c": f"{REFERENCE}Cat"}},
    }
    assert text_of(tree(**schemas).render(schema)) == (
        "one of 4 One of Cat lives integer Dog object bark any Choice 3 string "
        "Choice 4 integer ≥ 1 told apart by kind : c Cat"
    ).replace("≥ 1", "&ge;&nbsp;1")
    field = tree(**schemas).render_fields([Field("pet", schema)])
    assert "<summary>Fields" not in field
    bare: dict[str, Any] = {"anyOf": [{}], "discriminator": {"propertyName": "kind"}}
    assert text_of(tree().render(bare)) == "any Any of Choice 1 any told apart by kind"
    bare["discriminator"]["defaultMapping"] = f"{REFERENCE}Cat"
    assert text_of(tree().render(bare)).endswith("told apart by kind : else Cat")


def test_recursion_is_a_link() -> None:
    """A schema that holds itself is named, and not unfolded again."""
    pet = {
        "properties": {
            "parent": {"$ref": f"{REFERENCE}Pet"},
            "children": {"type": "array", "items": {"$ref": f"{REFERENCE}Pet"}},
            "friend": {"oneOf": [{"$ref": f"{REFERENCE}Pet"}, {"type": "null"}]},
        }
    }
    html = tree(Pet=pet).render_component("Pet", pet)
    assert html.count('<a href="#schema-Pet">Pet</a>') == 4
    assert "Fields of Pet" not in html
    by_reference = tree(Pet=pet).render({"$ref": f"{REFERENCE}Pet"})
    assert "Fields of Pet" not in by_reference


def test_depth_is_bounded() -> None:
    """Schemas unfold a few levels; deeper ones are a link to their section."""
    schemas: dict[str, Any] = {
        f"L{level}": {"properties": {"x": {"$ref": f"{REFERENCE}L{level + 1}"}}}
        for level in range(9)
    }
    html = tree(**schemas).render({"$ref": f"{REFERENCE}L0"})
    assert html.count("<summary>Fields of") == 3
    nested: Any = {"type": "string"}
    for _ in range(30):
        nested = {"type": "array", "items": nested}
    assert text_of(tree().render(nested)).startswith("array of array of")
    looped: dict[str, Any] = {"A": {"allOf": [{"$ref": f"{REFERENCE}A"}]}}
    assert tree(**looped).render({"$ref": f"{REFERENCE}A"})


def test_width_is_bounded() -> None:
    """Where much is shown already, schemas that have a section are links to it."""
    wide = {"properties": {f"p{number}": {"type": "string"} for number in range(60)}}
    inline: dict[str, Any] = {"properties": {"inner": {"type": "string"}}}
    fields = {f"f{number}": {"$ref": f"{REFERENCE}Wide"} for number in range(9)}
    choices = {"choice": {"oneOf": [{"$ref": f"{REFERENCE}Wide"}]}, "inline": inline}
    schemas = {"Wide": wide, "All": {"properties": {**fields, **choices}}}
    html = tree(**schemas).render({"$ref": f"{REFERENCE}All"})
    assert html.count("<summary>Fields of Wide") == 2
    assert html.count('<code class="name">p0</code>') == 2
    assert html.count('href="#schema-Wide"') == 11
    assert '<code class="name">inner</code>' in html
