"""Names of schemas, and what refers to them."""

from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.identifiers import Identifiers

INTEGER = {"type": "integer"}
TREE = {
    "$dynamicAnchor": "node",
    "type": "object",
    "properties": {
        "value": INTEGER,
        "children": {"type": "array", "items": {"$dynamicRef": "#node"}},
    },
}


def document_of(schema: Any, **schemas: Any) -> dict[str, Any]:
    """Build a document with a body of a schema."""
    post = {
        "operationId": "post",
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "ok"}},
    }
    return {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"post": post}},
        "components": {"schemas": schemas},
    }


@pytest.mark.parametrize(
    ("schema", "schemas"),
    [
        ({"$ref": "#count"}, {"A": INTEGER | {"$anchor": "count"}}),
        ({"$id": "https://a.b/c", "$ref": "#/$defs/p", "$defs": {"p": INTEGER}}, {}),
        ({"$ref": "https://a.b/c"}, {"A": INTEGER | {"$id": "https://a.b/c"}}),
        ({"$ref": "c#"}, {"A": INTEGER | {"$id": "c"}}),
        (
            {"$ref": "https://a.b/c#in"},
            {
                "A": {
                    "$id": "https://a.b/c",
                    "$defs": {"x": INTEGER | {"$anchor": "in"}},
                }
            },
        ),
        ({"$dynamicRef": "#n"}, {"A": INTEGER | {"$dynamicAnchor": "n"}}),
        ({"$dynamicRef": "#n"}, {"A": INTEGER | {"$anchor": "n"}}),
        (
            {"$ref": "#/components/schemas/B", "$dynamicRef": "#n"},
            {"A": INTEGER | {"$dynamicAnchor": "n"}, "B": {"minimum": 0}},
        ),
    ],
)
def test_names_are_followed(app: Application, schema: Any, schemas: Any) -> None:
    """An anchor, an id, and both are what they name."""
    api = OpenAPI(document_of(schema, **schemas))

    @api.operation("post")
    def handle(req: Any) -> dict[str, Any]:
        return {"body": req.api.body}

    assert callable(handle)
    app.install(api)
    client = Client(app)
    assert client.post("/a", json=5).json() == {"body": 5}
    assert client.post("/a", json="x").status_code == 400


@pytest.mark.parametrize(
    "reference", ["https://a.b/api#/components/schemas/A", "api#in", "#in"]
)
def test_a_document_may_name_itself(app: Application, reference: str) -> None:
    """What refers to it by that name stays in it; since 3.2."""
    raw = document_of({"$ref": reference}, A=INTEGER | {"$anchor": "in"})
    app.install(OpenAPI({**raw, "openapi": "3.2.0", "$self": "https://a.b/api"}))
    app.set_route("/a", lambda _: "", METHOD_POST)
    client = Client(app)
    assert client.post("/a", json=5).status_code == 200
    assert client.post("/a", json="x").status_code == 400


def test_what_is_beside_a_reference_counts(app: Application) -> None:
    """Since 3.1 a schema is its reference and what stands beside it."""
    schema = {"$ref": "#/components/schemas/A", "minimum": 3, "description": "three"}
    app.install(OpenAPI(document_of(schema, A=INTEGER)))
    app.set_route("/a", lambda _: "", METHOD_POST)
    client = Client(app)
    found = [client.post("/a", json=value).status_code for value in (3, 2, "x")]
    assert found == [200, 400, 400]


def test_trees(app: Application) -> None:
    """A schema that refers to its own dynamic anchor is checked all the way down."""
    app.install(OpenAPI(document_of({"$ref": "#/components/schemas/T"}, T=TREE)))
    app.set_route("/a", lambda _: "", METHOD_POST)
    client = Client(app)
    assert client.post("/a", json={"children": [{"value": 1}]}).status_code == 200
    answer = client.post("/a", json={"children": [{"value": "x"}]})
    assert answer.json()["errors"][0]["pointer"] == "/children/0/value"


@pytest.mark.parametrize(
    ("schemas", "words"),
    [
        ({"A": TREE, "B": TREE | {"title": "another"}}, "or several"),
        ({"A": {"$dynamicRef": "#gone"}}, "has no $dynamicAnchor"),
        ({"A": {"$ref": "#gone"}}, "'#gone' leads nowhere: nothing is named so"),
    ],
)
def test_names_that_can_not_be_followed(schemas: Any, words: str) -> None:
    """What depends, or is nowhere, stops the start with the place."""
    with pytest.raises(ValueError, match=r"at /components/schemas/[AB]") as caught:
        Document(document_of({}, **schemas))
    assert words in str(caught.value)


def test_names_in_other_files(tmp_path: Path) -> None:
    """An anchor may be in another file."""
    root = tmp_path / "root.yaml"
    root.write_text(
        "openapi: 3.1.1\ninfo: {title: A, version: '1'}\npaths: {}\n"
        "components: {schemas: {A: {$ref: 'other.yaml#count'}, "
        "B: {$ref: 'other.yaml#gone'}}}\n",
        "utf-8",
    )
    (tmp_path / "other.yaml").write_text(
        "a: {$anchor: count, type: integer}\n", "utf-8"
    )
    with pytest.raises(ValueError, match=r"'other\.yaml#gone' leads nowhere"):
        Document(root)
    text = root.read_text("utf-8").replace("#gone", "#count")
    root.write_text(text, "utf-8")
    schemas = Document(root).raw["components"]["schemas"]
    assert schemas["A"] == {"$ref": "#/x-files/other.yaml/a"}


def test_data_and_names_of_properties_are_no_names() -> None:
    """An example isn't a schema, and a property may be called $id."""
    identifiers = Identifiers(
        {
            "a": {"properties": {"$id": {"const": "x"}, "$anchor": {"$anchor": "b"}}},
            "b": {"example": {"$anchor": "c"}},
        }
    )
    assert identifiers.find("#b", ()) == ("a", "properties", "$anchor")
    assert identifiers.find("#c", ()) is None
    assert identifiers.find("#/a/b~1c", ()) == ("a", "b/c")


def test_operations_by_reference() -> None:
    """Unchecked, an operation may be a reference, and has all that it names."""
    raw = document_of({})
    operation = raw["paths"]["/a"].pop("post")
    raw["x-operations"] = {"post": operation}
    raw["paths"]["/a"]["post"] = {"$ref": "#/x-operations/post"}
    document = Document(raw, check=False)
    (found,) = document.operations
    assert (found.operation_id, found.pointer) == ("post", "/x-operations/post")
    assert found.request_body is not None


def test_path_items_with_references_and_fields() -> None:
    """Fields beside a reference and those behind it count both."""
    raw = document_of({})
    parameter: dict[str, Any] = {"name": "q", "in": "query", "schema": {}}
    raw["components"]["pathItems"] = {"A": {**raw["paths"]["/a"], "parameters": []}}
    raw["paths"]["/a"] = {
        "$ref": "#/components/pathItems/A",
        "parameters": [parameter],
        "servers": [{"url": "/v1"}],
        "get": {"responses": {"200": {"description": "ok"}}},
    }
    document = Document(raw, check=False)
    get, post = document.operations
    assert (get.method, get.pointer) == ("GET", "/paths/~1a/get")
    assert post.pointer == "/components/pathItems/A/post"
    assert [*post.parameters] == [parameter]
    assert document.prefixes(post) == ["/v1"]
    raw["paths"]["/a"] = {"$ref": "#/paths/~1a"}
    with pytest.raises(ValueError, match="round in a circle"):
        assert Document(raw, check=False).operations
