"""Facts about two versions of a document."""

from typing import Any

import pytest

from poorwsgi_openapi import Document
from poorwsgi_openapi.document.outline import Outline
from poorwsgi_openapi.tools.difference import compare_documents
from poorwsgi_openapi.tools.schema_difference import SchemaComparison, Side


def compare_schemas(
    old: Any, new: Any, side: Side = "request", **schemas: Any
) -> list[str]:
    """Compare two schemas; write changes as lines, breaking ones marked."""
    outline = Outline({"components": {"schemas": schemas}})
    changes = SchemaComparison(outline, outline).compare(old, new, side, "$")
    return [f"{'!' * x.is_breaking}{x.where} {x.message}" for x in changes]


@pytest.mark.parametrize(
    ("old", "new", "request_", "response"),
    [
        ({}, {}, "", ""),
        ({"type": "string"}, {"type": "integer"}, "!", "!"),
        ({"type": "integer"}, {"type": "number"}, "", "!"),
        ({"type": "number"}, {"type": "integer"}, "!", ""),
        ({"type": "string"}, {"type": ["string", "null"]}, "", "!"),
        ({"type": "string"}, {"type": "string", "nullable": True}, "", "!"),
        ({"type": "string"}, {}, "", "!"),
        ({}, {"type": "string"}, "!", ""),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, "", "!"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "!", ""),
        ({}, {"enum": ["a"]}, "!", ""),
        ({"enum": ["a"]}, {}, "", "!"),
        ({"minimum": 1}, {"minimum": 2}, "!", ""),
        ({"minimum": 2}, {"minimum": 1}, "", "!"),
        ({"maximum": 1}, {"maximum": 2}, "", "!"),
        ({"maxLength": 5}, {}, "", "!"),
        ({}, {"maxLength": 5}, "!", ""),
        ({"pattern": "a"}, {"pattern": "b"}, "!", "!"),
        ({"format": "date"}, {}, "", "!"),
        ({}, {"not": {"type": "string"}}, "!", ""),
        ({"not": {"type": "string"}}, {}, "", "!"),
        ({"not": {"type": "integer"}}, {"not": {"type": "number"}}, "!", ""),
        ({}, {"if": {"minimum": 1}, "then": {"maximum": 2}}, "!", ""),
        ({"if": {"minimum": 1}, "then": {"maximum": 2}}, {}, "", "!"),
        ({"if": {"minimum": 1}}, {"if": {"minimum": 2}}, "!", "!"),
        (
            {"if": {"minimum": 1}},
            {"if": {"minimum": 1}, "then": {"maximum": 2}},
            "!",
            "",
        ),
        (
            {"if": {}, "else": {"type": "string"}},
            {"if": {}, "else": {"type": "number"}},
            "!",
            "!",
        ),
        ({}, {"additionalProperties": False}, "!", ""),
        ({"additionalProperties": False}, {}, "", ""),
        ({"unevaluatedItems": False}, {"unevaluatedItems": True}, "", ""),
        ({}, {"items": {"type": "string"}}, "!", ""),
        ({"items": {"type": "string"}}, {}, "", "!"),
        ({}, {"additionalProperties": {"type": "string"}}, "!", ""),
        ({}, {"propertyNames": {"maxLength": 5}}, "!", ""),
        ({"contains": {"const": 1}}, {}, "", "!"),
        ({"minContains": 2}, {"minContains": 1}, "", "!"),
        ({}, {"patternProperties": {"^x": {"type": "string"}}}, "!", ""),
        ({"prefixItems": [{"type": "string"}]}, {"prefixItems": []}, "", "!"),
        ({}, {"dependentSchemas": {"a": {"maxProperties": 2}}}, "!", ""),
        ({}, {"dependentRequired": {"a": ["b"]}}, "!", ""),
        ({"dependentRequired": {"a": ["b"]}}, {}, "", "!"),
        ({"contentEncoding": "base64"}, {}, "", "!"),
        (
            {"discriminator": {"propertyName": "a"}},
            {"discriminator": {"propertyName": "b"}},
            "!",
            "!",
        ),
        ({"default": 1}, {"default": 2}, "!", ""),
    ],
)
def test_schemas(
    old: dict[str, Any], new: dict[str, Any], request_: str, response: str
) -> None:
    """What a client sends may grow wider, what it gets narrower."""
    expectations: dict[Side, str] = {"request": request_, "response": response}
    for side, expected in expectations.items():
        lines = compare_schemas(old, new, side)
        assert [line[:1] for line in lines] == [expected or "$"] * (old != new)


@pytest.mark.parametrize(
    ("side", "keyword", "words"),
    [("request", "readOnly", "read only"), ("response", "writeOnly", "write only")],
)
def test_what_is_for_one_way(side: Side, keyword: str, words: str) -> None:
    """What a side can't send, or doesn't get, any more breaks it; back is well."""
    schema = {keyword: True}
    assert compare_schemas({}, schema, side) == [f"!$ {words} now"]
    assert compare_schemas(schema, {}, side) == [f"$ not {words} any more"]


def test_messages() -> None:
    """A change says what is now, and what was before."""
    assert compare_schemas({"type": "string"}, {}) == ["$ anything instead of string"]
    assert compare_schemas({"enum": ["a"]}, {"enum": ["b"]}) == [
        '!$ value "a" is none any more',
        '$ value "b" is new',
    ]
    assert compare_schemas({"minimum": 1}, {"minimum": 2}) == [
        "!$ minimum 2 instead of 1"
    ]
    assert compare_schemas({"pattern": "a"}, {}) == [
        '$ no pattern any more, it was "a"'
    ]
    assert compare_schemas({}, {"maxItems": 3}) == ["!$ maxItems 3 is new"]


def test_properties() -> None:
    """Properties come, go and become required; each side sees it its own way."""
    old = {
        "required": ["a", "b"],
        "properties": {"a": {}, "b": {}, "c": {}, "gone": {"type": "string"}},
    }
    new = {
        "required": ["a", "c", "added"],
        "properties": {"a": {"type": "string"}, "b": {}, "c": {}, "added": {}, "x": {}},
    }
    assert compare_schemas(old, new) == [
        "!$.a string instead of anything",
        "$.b not required any more",
        "!$.c required now",
        "$.gone removed",
        "!$.added added, and required",
        "$.x added",
    ]
    assert compare_schemas(old, new, "response") == [
        "$.a string instead of anything",
        "!$.b not required any more",
        "$.c required now",
        "!$.gone removed",
        "$.added added, and required",
        "$.x added",
    ]


def test_closed_objects() -> None:
    """Closing an object breaks who sends more than is named."""
    old: dict[str, Any] = {"properties": {"a": {}}}
    new: dict[str, Any] = {"properties": {}, "additionalProperties": False}
    assert compare_schemas(old, new) == [
        "!$ no other properties any more",
        "!$.a removed",
    ]
    closed = {**old, "additionalProperties": False}
    assert compare_schemas(closed, closed) == []


def test_inside_of_arrays_maps_and_parts() -> None:
    """Items, values of maps and parts of ``allOf`` are looked into."""
    old = {
        "items": {"type": "string"},
        "additionalProperties": {"type": "string"},
        "allOf": [{"properties": {"a": {"maxLength": 2}}}],
    }
    new = {
        "items": {"type": "integer"},
        "additionalProperties": {"type": "integer"},
        "properties": {"a": {"maxLength": 1}},
    }
    assert compare_schemas(old, new) == [
        "!$[] integer instead of string",
        "!$.* integer instead of string",
        "!$.a maxLength 1 instead of 2",
    ]


def test_alternatives() -> None:
    """Alternatives are told apart by what they refer to, or by their title."""
    old = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"title": "Dog"}]}
    new = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"type": "string"}]}
    assert compare_schemas(old, new, Cat={"type": "object"}) == [
        "!$ oneOf: Dog is none any more",
        '$ oneOf: {"type": "string"} is new',
    ]
    assert compare_schemas(old, new, "response", Cat={})[1].startswith("!")


def test_recursion_ends() -> None:
    """Schemas that hold themselves are compared once."""
    schemas: dict[str, Any] = {
        "Node": {"properties": {"next": {"$ref": "#/components/schemas/Node"}}},
        "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
    }
    for name in schemas:
        reference = {"$ref": f"#/components/schemas/{name}"}
        assert compare_schemas(reference, reference, **schemas) == []


def compare(old: dict[str, Any], new: dict[str, Any], **more: Any) -> list[str]:
    """Compare documents with one operation each."""
    documents = ({**more, "paths": {"/x": {"put": each}}} for each in (old, new))
    changes = compare_documents(*documents)
    return [f"{'!' * x.is_breaking}{x.where}: {x.message}" for x in changes]


def test_operations() -> None:
    """Operations come and go, webhooks too; breaking changes stand first."""
    old: dict[str, Any] = {
        "paths": {"/a": {"get": {}, "put": {}}},
        "webhooks": {"w": {"post": {}}},
    }
    new: dict[str, Any] = {"paths": {"/a": {"get": {}, "post": {}}}}
    assert [tuple(change) for change in compare_documents(old, new)] == [
        (True, "PUT /a", "removed"),
        (True, "POST w", "removed"),
        (False, "POST /a", "added"),
    ]
    assert compare({}, {"deprecated": True}) == ["PUT /x: deprecated"]


SECURITY: list[tuple[Any, Any, list[str]]] = [
    ([], [{"Key": []}], ["!no credentials is not enough any more"]),
    ([{"Key": []}], [], ["no credentials is enough now"]),
    ([{"Key": []}], [{"Key": []}, {"Other": []}], ["Other is enough now"]),
    ([{"O": ["a"]}], [{"O": ["a", "b"]}], ["!O is not enough any more"]),
    ([{"O": ["a", "b"]}], [{"O": ["a"]}], ["O is enough now"]),
    ([{"A": [], "B": []}], [{"A": []}], ["A is enough now"]),
]


@pytest.mark.parametrize(("old", "new", "expected"), SECURITY)
def test_security(old: Any, new: Any, expected: list[str]) -> None:
    """Credentials that were enough have to stay so."""
    lines = compare({"security": old}, {"security": new})
    assert [line.replace("PUT /x: ", "") for line in lines] == expected


def test_parameters() -> None:
    """Parameters come, go and become required; their schemas are compared."""
    old: list[Any] = [
        {"name": "gone", "in": "query"},
        {"name": "hard", "in": "query"},
        {"name": "soft", "in": "header", "required": True},
        {"name": "type", "in": "query", "schema": {"type": "string"}},
        {"name": "json", "in": "query", "content": {"application/json": {}}},
    ]
    new: list[Any] = [
        {"name": "hard", "in": "query", "required": True},
        {"name": "soft", "in": "header"},
        {"name": "type", "in": "query", "schema": {"type": "integer"}},
        {"name": "json", "in": "query", "content": {}},
        {"name": "must", "in": "cookie", "required": True},
        {"name": "may", "in": "query"},
    ]
    assert compare({"parameters": old}, {"parameters": new}) == [
        "!PUT /x query hard: required now",
        "!PUT /x query type: integer instead of string",
        "!PUT /x query json: application/json is none any more",
        "!PUT /x cookie must: added, and required",
        "PUT /x query gone: removed, it is ignored",
        "PUT /x header soft: not required any more",
        "PUT /x query may: added",
    ]


def body(*kinds: str, **more: Any) -> dict[str, Any]:
    """Build an operation with a body."""
    return {"requestBody": {"content": {kind: {} for kind in kinds}, **more}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, []),
        (body("a/b"), {}, ["!PUT /x body: removed"]),
        ({}, body("a/b"), ["PUT /x body: added"]),
        ({}, body("a/b", required=True), ["!PUT /x body: added, and required"]),
        (body("a/b"), body("a/b", required=True), ["!PUT /x body: required now"]),
        (
            body("a/b"),
            body("c/d"),
            [
                "!PUT /x body: a/b is none any more",
                "PUT /x body: c/d is new",
            ],
        ),
    ],
)
def test_bodies(old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
    """Bodies come, go and become required, and so do their media types."""
    assert compare(old, new) == expected


def test_responses() -> None:
    """A success that goes is breaking; so is a header, and what it holds."""
    text, number = {"schema": {"type": "string"}}, {"schema": {"type": "integer"}}
    old = {
        "200": {"headers": {"A": {}, "B": text}},
        "201": {},
        "404": {},
    }
    new = {"200": {"headers": {"B": number, "C": {}}}, "410": {}}
    assert compare({"responses": old}, {"responses": new}) == [
        "!PUT /x 200 header A: removed",
        "!PUT /x 200 header B: integer instead of string",
        "!PUT /x 201: removed",
        "PUT /x 404: removed",
        "PUT /x 410: added",
    ]


def test_callbacks_are_seen_from_the_other_side() -> None:
    """What the server sends may lack nothing that it had; a call may not cease."""

    def build(**callbacks: Any) -> dict[str, Any]:
        operation = {"callbacks": callbacks, "responses": {}}
        return {"paths": {"/pets": {"post": operation}}}

    def call(*properties: str) -> dict[str, Any]:
        schema = {"properties": {name: {"type": "string"} for name in properties}}
        body = {"content": {"application/json": {"schema": schema}}}
        return {"{$url}": {"post": {"requestBody": body, "responses": {}}}}

    old = build(sold=call("a", "b"), gone=call())
    new = build(sold=call("a"), born=call())
    called = "POST {{$url}}, callback {} of POST /pets"
    assert [*map(tuple, compare_documents(old, new))] == [
        (True, f"{called.format('sold')} body application/json $.b", "removed"),
        (True, called.format("gone"), "removed"),
        (False, called.format("born"), "added"),
    ]


def test_callback_of_itself() -> None:
    """The comparison ends where an operation brings about its own call."""

    def build(**properties: Any) -> dict[str, Any]:
        body = {"content": {"application/json": {"schema": {"properties": properties}}}}
        again = {"again": {"$ref": "#/components/callbacks/again"}}
        call = {"requestBody": body, "callbacks": again, "responses": {}}
        return {
            "paths": {"/pets": {"post": {"callbacks": again, "responses": {}}}},
            "components": {"callbacks": {"again": {"{$url}": {"post": call}}}},
        }

    old = build(a={"type": "string"})
    assert compare_documents(old, old) == []
    label = "POST {$url}, callback again of POST /pets"
    removed = (True, f"{label} body application/json $.a", "removed")
    assert removed in [*map(tuple, compare_documents(old, build()))]


def test_links() -> None:
    """A link may not cease, nor lead elsewhere; its description may change."""

    def build(**links: Any) -> dict[str, Any]:
        responses = {"200": {"links": links}}
        return {"paths": {"/pets": {"get": {"responses": responses}}}}

    old = build(
        a={"operationId": "a"},
        b={"operationId": "b", "parameters": {"id": "$request.body"}},
        c={"operationId": "c"},
    )
    new = build(
        a={"operationId": "a", "description": "new"}, b={"operationId": "b"}, d={}
    )
    assert [*map(tuple, compare_documents(old, new))] == [
        (
            True,
            "GET /pets 200 link b",
            "leads elsewhere, or takes something else",
        ),
        (True, "GET /pets 200 link c", "removed"),
        (False, "GET /pets 200 link d", "added"),
    ]


def test_webhooks_are_seen_from_the_other_side() -> None:
    """What a webhook sends is what its receiver gets."""

    def build(kind: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"enum": [kind, "x"]}}}
        operation = {"requestBody": {"content": content, "required": kind == "b"}}
        return {"webhooks": {"w": {"post": operation}}}

    assert [tuple(change) for change in compare_documents(build("a"), build("b"))] == [
        (True, "POST w body application/json $", 'value "b" is new'),
        (False, "POST w body", "required now"),
        (False, "POST w body application/json $", 'value "a" is none any more'),
    ]


def test_items_of_streams() -> None:
    """The schema of each item is compared too."""

    def build(kind: str) -> dict[str, Any]:
        content = {"application/jsonl": {"itemSchema": {"type": kind}}}
        return {"paths": {"/a": {"post": {"requestBody": {"content": content}}}}}

    (change,) = compare_documents(build("integer"), build("string"))
    where = "POST /a body application/jsonl $[]"
    assert change == (True, where, "string instead of integer")


def test_document_is_equal_to_itself(documents: Any) -> None:
    """A document that is compared with itself has no changes."""
    raw = Document(documents / "shop.yaml").raw
    assert compare_documents(raw, raw) == []
