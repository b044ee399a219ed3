"""Facts about what is read of a document."""

from typing import Any

import pytest

from poorwsgi_openapi.document.outline import (
    Outline,
    as_list,
    as_map,
    as_text,
    join_schemas,
    list_types,
    reference_name,
)


@pytest.mark.parametrize("value", [None, 1, "text", [1], {"a": 1}])
def test_values_of_another_type_are_empty(value: Any) -> None:
    """What isn't of the type that is asked for is empty, and never an error."""
    assert as_map(value) == (value if isinstance(value, dict) else {})
    assert as_list(value) == (value if isinstance(value, list) else [])
    assert as_text(value) == (value if isinstance(value, str) else "")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, []),
        ({"type": "string"}, ["string"]),
        ({"type": ["string", "null"]}, ["string", "null"]),
        ({"type": "string", "nullable": True}, ["string", "null"]),
        ({"type": ["null"], "nullable": True}, ["null"]),
        ({"nullable": True}, []),
        ({"type": [1, "integer"]}, ["integer"]),
    ],
)
def test_types(schema: dict[str, Any], expected: list[str]) -> None:
    """Types are listed alike for 3.0 and 3.1."""
    assert list_types(schema) == expected


def test_reference_name() -> None:
    """A reference is called by its last part, with escapes undone."""
    assert reference_name({"$ref": "#/components/schemas/a~1b%20c"}) == "a/b c"
    assert reference_name({"type": "string"}) == ""
    assert reference_name(None) == ""


def test_resolve() -> None:
    """References are followed to their end, and what stands beside one wins."""
    outline = Outline(
        {
            "a": {"$ref": "#/b", "title": "first"},
            "b": {"$ref": "#/c/0/x~1y", "title": "second"},
            "c": [{"x/y": {"type": "string", "title": "third"}}],
        }
    )
    assert outline.resolve({"$ref": "#/a"}) == {"type": "string", "title": "first"}
    assert outline.resolve({"$ref": "#/c/0/x~1y"}) == {
        "type": "string",
        "title": "third",
    }
    assert outline.resolve({"$ref": "#"}) == outline.document


@pytest.mark.parametrize(
    "reference",
    ["#/loop", "#/nowhere", "#/list/9", "#/list/x", "other.yaml#/a", "#/text/deeper"],
)
def test_reference_that_leads_nowhere(reference: str) -> None:
    """It is an empty mapping, not an error: telling is the work of the check."""
    outline = Outline({"loop": {"$ref": "#/loop"}, "list": [1], "text": "no mapping"})
    assert outline.resolve({"$ref": reference}) == {}


def test_operations() -> None:
    """Operations come in order, with the parameters of their path."""
    outline = Outline(
        {
            "paths": {
                "/pets/{id}": {
                    "parameters": [
                        {"name": "id", "in": "path", "schema": {"type": "string"}},
                        {"$ref": "#/components/parameters/Page"},
                        {"broken": True},
                    ],
                    "summary": "no operation",
                    "get": {"operationId": "getPet", "tags": ["pets", 1]},
                    "put": {
                        "parameters": [
                            {"name": "id", "in": "path", "schema": {"type": "integer"}}
                        ]
                    },
                    "post": None,
                    "additionalOperations": {"COPY": {}},
                }
            },
            "webhooks": {"paid": {"post": {}}},
            "components": {"parameters": {"Page": {"name": "page", "in": "query"}}},
        }
    )
    get, put, copy = outline.operations
    assert [each.label for each in outline.operations] == [
        "GET /pets/{id}",
        "PUT /pets/{id}",
        "COPY /pets/{id}",
    ]
    assert (get.operation_id, get.tags, get.variables) == ("getPet", ["pets"], ["id"])
    assert [each["name"] for each in get.parameters] == ["id", "page"]
    assert put.parameters[0]["schema"] == {"type": "integer"}
    assert (put.operation_id, put.tags, copy.is_webhook) == ("", [], False)
    (webhook,) = outline.webhooks
    assert (webhook.path, webhook.is_webhook, webhook.variables) == ("paid", True, [])


def test_security() -> None:
    """An operation's own requirements win over those of the document."""
    outline = Outline(
        {
            "security": [{"Key": []}],
            "paths": {"/": {"get": {}, "put": {"security": [{}, {"Key": ["a"]}]}}},
        }
    )
    get, put = outline.operations
    assert outline.security(get) == [{"Key": []}]
    assert outline.security(put) == [{}, {"Key": ["a"]}]


def test_bodies_and_responses() -> None:
    """Bodies, responses and their media types are resolved."""
    components: dict[str, Any] = {
        "requestBodies": {"Pet": {"content": {"application/json": {"schema": {}}}}},
        "responses": {"Gone": {"description": "gone"}},
    }
    outline = Outline(
        {
            "paths": {
                "/": {
                    "put": {
                        "requestBody": {"$ref": "#/components/requestBodies/Pet"},
                        "responses": {410: {"$ref": "#/components/responses/Gone"}},
                    }
                }
            },
            "components": components,
        }
    )
    (put,) = outline.operations
    assert outline.content(outline.body(put)) == {"application/json": {"schema": {}}}
    assert outline.responses(put) == {"410": {"description": "gone"}}
    assert outline.components("responses") == components["responses"]
    assert outline.components("schemas") == {}


def test_join_schemas() -> None:
    """Properties and what is required add up; other keywords are overwritten."""
    merged: dict[str, Any] = {"title": "a", "required": ["x"], "properties": {"x": 1}}
    join_schemas(merged, {"title": "b", "required": ["y"], "properties": {"y": 2}})
    assert merged == {
        "title": "b",
        "required": ["x", "y"],
        "properties": {"x": 1, "y": 2},
    }
    empty: dict[str, Any] = {}
    join_schemas(empty, {"type": "object"})
    assert empty == {"type": "object"}
