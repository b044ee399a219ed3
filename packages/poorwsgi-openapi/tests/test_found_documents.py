"""What public documents have, and few others: each of it is read as it is meant."""

from typing import Any

import pytest
from lambdas import one

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.tools.lint import lint_document

ID = {"type": "integer", "readOnly": True, "default": 7}
PET = {
    "type": "object",
    "properties": {
        "id": ID,
        "name": {"type": "string", "default": "Rex"},
        "key": {"type": "string", "writeOnly": True, "default": "k"},
    },
}
WRONG = {"properties": {"a": {"type": "string", "default": None}, "b": {}}}
DIALECT = "https://json-schema.org/draft-07/schema#"


def document(operation: Any, path: str = "/a", **parts: Any) -> dict[str, Any]:
    """Build a document of one operation."""
    found = {"operationId": "do", "responses": {"200": {"description": "ok"}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "A", "version": "1"},
        "paths": {path: {"post": found | operation}},
        **parts,
    }


def content(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    """Build what has a content of a schema."""
    return {"content": {kind: {"schema": schema}}}


def serve(app: Application, raw: dict[str, Any], **options: Any) -> Client:
    """Serve a document whose operation answers with what it was sent."""
    echo = one(lambda req: [req.api.query, req.api.body])
    handler = options.pop("handler", echo)
    api = OpenAPI(raw, **options)
    api.operation("do")(handler)
    app.install(api)
    return Client(app)


def return_values(_: Any, *values: str) -> list[str]:
    """Answer with the values in a path."""
    return [*values]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1"])
@pytest.mark.parametrize("schema", [PET, {"allOf": [PET]}])
def test_defaults_of_the_other_direction(
    app: Application, version: str, schema: Any
) -> None:
    """A default of what isn't sent in this direction isn't filled in."""
    raw = document({"requestBody": content(schema)}, openapi=version)
    made = serve(app, raw).post("/a", json={})
    assert made.json() == [{}, {"name": "Rex", "key": "k"}]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1"])
def test_defaults_of_answers(app: Application, version: str) -> None:
    """So it is with answers, which are not refused for it."""
    answer = {"200": {"description": "ok", **content(PET)}}
    api = OpenAPI(
        document({"responses": answer}, openapi=version), validate_responses="raise"
    )
    api.operation("do")(one(lambda _: {"id": 1}))
    app.install(api)
    assert Client(app).post("/a").json() == {"id": 1}


@pytest.mark.parametrize("schema", [WRONG, {"allOf": [WRONG]}])
def test_defaults_that_do_not_fit(app: Application, schema: Any) -> None:
    """They aren't filled in, in bodies and parameters, and refuse no request."""
    node = {"name": "v", "in": "query", "schema": {"type": "string", "default": None}}
    raw = document(
        {"parameters": [node], "requestBody": content(schema)}, openapi="3.1.1"
    )
    assert serve(app, raw).post("/a", json={"b": 1}).json() == [{}, {"b": 1}]


def test_names_in_paths(app: Application) -> None:
    """Names that are none in Python, or are one there, are told apart."""
    names = ("1", "a-b", "a_b")
    text = {"required": True, "schema": {"type": "string"}}
    parameters = [{"name": name, "in": "path", **text} for name in names]
    raw = document({"parameters": parameters}, "/{1}/{a-b}/{a_b}")
    client = serve(app, raw, mock="missing", handler=return_values)
    assert client.post("/x/y/z").json() == ["x", "y", "z"]


def test_examples_of_headers(app: Application) -> None:
    """An example of many lines is one line of a header."""
    raw = document({})
    headers = {"X-A": {"example": " a\n\x01b ", "schema": {"type": "string"}}}
    raw["paths"]["/a"]["post"]["responses"]["200"]["headers"] = headers
    app.install(OpenAPI(raw, mock="missing"))
    assert Client(app).post("/a").headers["X-A"] == "a b"


def test_read_only_parameter(app: Application) -> None:
    """What is for properties says nothing about a parameter."""
    parts = {"schemas": {"Id": ID}}
    node = {"name": "id", "in": "query", "schema": {"$ref": "#/components/schemas/Id"}}
    client = serve(app, document({"parameters": [node]}, components=parts))
    assert client.post("/a?id=3").json() == [{"id": 3}, None]
    assert client.post("/a?id=x").status_code == 400


@pytest.mark.parametrize("place", ["jsonSchemaDialect", "$schema"])
def test_unknown_dialect_is_read_as_openapi_has_it(
    app: Application, place: str
) -> None:
    """A dialect that nobody knows is warned of, and stops no request."""
    schema = {"type": "array", "anyOf": [{"items": {"type": "integer"}}]}
    raw = document({"requestBody": content(schema)}, openapi="3.1.1")
    (raw if place == "jsonSchemaDialect" else schema)[place] = DIALECT
    client = serve(app, raw)
    assert client.post("/a", json=[1]).json() == [{}, [1]]
    assert client.post("/a", json=["x"]).json()["errors"][0]["code"] == "anyOf"


def test_path_with_a_mark_of_fragments(app: Application) -> None:
    """A path with # is one key of the document; so it is checked."""
    parameters = [{"name": "v", "in": "query", "schema": {"anyOf": [{"type": "null"}]}}]
    raw = document(
        {"parameters": parameters, "requestBody": content(PET)},
        "/a#b",
        openapi="3.1.1",
    )
    client = serve(app, raw)
    assert client.post("/a%23b", json={"name": 1}).json()["errors"] == [
        {
            "in": "body",
            "pointer": "/name",
            "code": "type",
            "message": "has to be of type string",
        }
    ]
    faults = client.post("/a%23b?v=x", json={}).json()["errors"]
    assert [fault["code"] for fault in faults] == ["anyOf"]


def test_references_with_escapes(app: Application) -> None:
    """What is escaped in a reference, as { in paths, is what it stands for."""
    first = "#/paths/~1%7Bx%7D/put"
    schema = {"$ref": f"{first}/requestBody/content/application~1json/schema"}
    responses = {
        "200": {"$ref": f"{first}/responses/200"},
        "default": {"$ref": "#/paths/~1b%20c/post/responses/200"},
    }
    raw = document({"requestBody": content(schema), "responses": responses}, "/b c")
    node = {"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}
    raw["paths"]["/{x}"] = {
        "parameters": [node],
        "put": {
            "requestBody": content(PET),
            "responses": {"200": {"description": "ok"}},
        },
    }
    assert lint_document(Document(raw)) == []
    client = serve(app, raw, mock="missing")
    assert client.post("/b%20c", json={"name": 1}).status_code == 400


def test_extensions_are_no_operations_and_no_answers(app: Application) -> None:
    """What begins with x- may be anything, among paths and answers too."""
    responses = {"x-a": "text", "200": {"description": "ok", **content(PET)}}
    raw = document({"responses": responses})
    raw["paths"]["x-root"] = "/v1"
    assert lint_document(Document(raw)) == []
    (operation,) = Document(raw).operations
    assert [*operation.responses] == ["200"]
    page = serve(app, raw, validate_responses="raise").get("/docs")
    assert "x-a" not in page.text


@pytest.mark.parametrize("kind", ["text/json", "text/json; charset=utf-8"])
def test_text_json_is_json(app: Application, kind: str) -> None:
    """So browsers have it, and many documents of .NET."""
    client = serve(app, document({"requestBody": content(PET, kind)}))
    headers = {"Content-Type": "text/json"}
    made = client.post("/a", body=b'{"name": "Max"}', headers=headers)
    assert made.json() == [{}, {"name": "Max", "key": "k"}]
