"""Applications with types that are generated, and the document that they make again."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.testing import Client
from poorwsgi_openapi import Document
from poorwsgi_openapi.document.outline import Outline
from poorwsgi_openapi.tools.difference import compare_documents
from poorwsgi_openapi.tools.loading import load_application
from poorwsgi_openapi.tools.modern import modernise
from poorwsgi_openapi.tools.python_text import Names
from poorwsgi_openapi.tools.type_hints import Hints
from poorwsgi_openapi.tools.typed_skeleton import build_typed_skeleton

FOLDER = Path(__file__).parents[1] / "documents"
# Forms of the shop need poorwsgi-forms, so that one is tried with the whole bundle.
DOCUMENTS = sorted(each for each in FOLDER.iterdir() if each.name != "shop.yaml")

TEXT = {"type": "string"}
NODE = {"$ref": "#/components/schemas/Node"}
ANSWER = {"$ref": "#/components/responses/Refused"}
SCHEMAS: dict[str, Any] = {
    "Node": {
        "description": 'A "node".\n\nIt has others.\\',
        "type": "object",
        "properties": {
            "next": NODE,
            "all": {"type": "array", "items": NODE},
            "tree": {"$ref": "#/components/schemas/Tree"},
            "class": TEXT,
        },
    },
    "Tree": {
        "description": "A tree",
        "type": "object",
        "required": ["root", "also"],
        "minProperties": 1,
        "properties": {
            "root": NODE,
            "leaf": {"$ref": "#/components/schemas/Leaf", "description": "one"},
            "late": {"$ref": "#/components/schemas/Late"},
        },
    },
    "Late": {
        "description": 'It is "late".\n\nVery.',
        "type": "object",
        "properties": {"id": {"type": "integer"}},
    },
    "Leaf": {"oneOf": [NODE, {"$ref": "#/components/schemas/Number"}, TEXT]},
    "Number": {"type": "number", "description": "of it"},
    "Empty": {"type": "object", "properties": {}},
    "Keywords": {
        "type": "object",
        "properties": {"class": TEXT, "__x": TEXT},
        "minProperties": 1,
    },
    "odd-name": {"type": "object", "properties": {"x": TEXT}},
    "Odd": {"type": "object", "properties": {"x-y": TEXT}, "minProperties": 1},
    "Itself": {
        "type": "object",
        "properties": {"x": TEXT},
        "not": {"required": ["x"], "properties": {"x": NODE}},
        "dependentSchemas": {"x": {"$ref": "#/components/schemas/Itself"}},
    },
    "Values": {
        "type": "object",
        "properties": {
            "one": {"type": "string", "const": "a"},
            "single": {"type": "string", "enum": ["a"]},
            "some": {"type": "integer", "enum": [1, 2]},
            "mixed": {"enum": ["a", 1, None]},
            "flag": {"type": "boolean", "const": True},
            "wrong": {"type": "string", "enum": [1]},
            "none": {"type": "null"},
            "text": {"type": "null", "description": "nothing"},
            "nullable": {"type": ["string", "null"], "minLength": 1},
            "other": {"type": ["null", "string"]},
            "several": {"type": ["string", "integer", "null"]},
            "choice": {"type": ["string", "null"], "enum": ["a", None]},
            "list": {"type": ["array", "null"], "items": TEXT, "maxItems": 3},
            "lists": {"type": ["array", "null"], "items": {"type": "array"}},
            "inner": {"type": ["object", "null"], "properties": {"x": TEXT}},
            "map": {"type": "object", "additionalProperties": {"type": "integer"}},
            "closed": {"type": "object", "additionalProperties": False},
            "patterns": {"type": "object", "patternProperties": {"^x": TEXT}},
            "tuple": {"type": "array", "prefixItems": [TEXT], "items": TEXT},
            "file": {"type": "string", "format": "binary"},
            "files": {"type": ["string", "null"], "format": "binary"},
            "at": {"type": "string", "format": "date-time"},
            "mail": {"type": "string", "format": "email", "readOnly": True},
            "bytes": {"type": "string", "contentEncoding": "base64"},
            "byte": {"type": "string", "format": "byte"},
            "unknown": {"minLength": 3},
            "anything": {},
            "blank": {"type": "string", "description": ""},
            "deep": {"$ref": "#/components/schemas/Late/properties/id"},
            "object": {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "object", "properties": {"b": TEXT}}},
            },
        },
    },
}
OCTETS: dict[str, Any] = {"schema": {**TEXT, "contentEncoding": "base64"}}
PATHS: dict[str, Any] = {
    "/texts": {
        "post": {
            "requestBody": {"content": {"application/json": {"schema": TEXT}}},
            "responses": {
                "200": {
                    "description": "The text",
                    "content": {"application/json": {"schema": TEXT}},
                }
            },
        },
        "put": {
            "requestBody": {"content": {"application/json": OCTETS}},
            "responses": {
                "201": {"description": "It", "content": {"application/json": OCTETS}}
            },
        },
    },
    "/nodes/{node-id}/{b}/{c}": {
        "servers": [{"url": "/other"}],
        "parameters": [
            {
                "name": "node-id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            },
            {"name": "b", "in": "path", "required": True, "schema": TEXT},
            {"name": "c", "in": "path", "required": True, "schema": TEXT},
        ],
        "get": {
            "operationId": "getNode",
            "summary": "Get it. ",
            "description": "All\nof it",
            "deprecated": True,
            "security": [],
            "parameters": [
                {"name": "c", "in": "path", "required": True, "schema": NODE},
                {
                    "name": "limit",
                    "in": "query",
                    "description": "most",
                    "example": 3,
                    "deprecated": True,
                    "schema": {"type": "integer", "default": 5},
                },
                {
                    "name": "days",
                    "in": "query",
                    "style": "pipeDelimited",
                    "explode": False,
                    "schema": {
                        "type": "array",
                        "items": {"type": "string", "format": "date"},
                        "default": [],
                    },
                },
                {"name": "or", "in": "query", "schema": {"type": ["string", "null"]}},
                {"name": "deep", "in": "query", "required": True, "schema": NODE},
                {
                    "name": "json",
                    "in": "query",
                    "content": {"application/json": {"schema": NODE}},
                },
                {"name": "X-Request-ID", "in": "header", "schema": TEXT},
                {"name": "X-Tag", "in": "header", "schema": TEXT},
                {"name": "sid", "in": "cookie", "required": True, "schema": TEXT},
            ],
            "responses": {
                "200": {
                    "description": "It",
                    "content": {"application/json": {"schema": NODE}},
                    "headers": {"X-Left": {"$ref": "#/components/headers/Left"}},
                    "links": {"next": {"operationId": "getNode"}},
                },
                "202": ANSWER,
                "400": ANSWER,
                "404": ANSWER,
            },
        },
        "put": {
            "requestBody": {
                "description": "The node",
                "content": {"application/json": {"schema": {"anyOf": [NODE, TEXT]}}},
            },
            "callbacks": {
                "done": {"{$request.query.url}": {"$ref": "#/components/pathItems/P"}}
            },
            "responses": {
                "200": {
                    "description": "Both",
                    "content": {"application/json": {"schema": NODE}, "text/csv": {}},
                },
                "default": ANSWER,
            },
        },
        "options": {"responses": {"default": ANSWER}},
        "trace": {"responses": {"200": {"description": "back"}}},
    },
    "/": {
        "post": {
            "operationId": "add",
            "summary": "Add a node",
            "tags": ["a"],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": NODE},
                    "text/plain": {"schema": TEXT},
                },
            },
            "responses": {"201": {"description": "Done"}, "204": {"description": "x"}},
        },
        "delete": {
            "requestBody": {"content": {"text/csv": {"schema": TEXT, "example": "a"}}},
            "responses": {"204": {"description": "Gone"}},
        },
    },
}
ALL: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "Nodes", "version": "1", "description": "All of them"},
    "servers": [{"url": "/v1"}],
    "security": [{"key": []}],
    "tags": [{"name": "a"}],
    "paths": PATHS,
    "webhooks": {
        "born": {
            "post": {"responses": {"204": {"description": "ok"}}},
            "put": {"operationId": "bornPut", "responses": {"200": ANSWER}},
        }
    },
    "components": {
        "schemas": SCHEMAS,
        "headers": {"Left": {"schema": {"type": "integer"}}},
        "responses": {
            "Refused": {
                "description": "No",
                "content": {"application/json": {"schema": NODE}},
            }
        },
        "pathItems": {
            "P": {
                "post": {
                    "callbacks": {
                        "again": {"{$url}": {"$ref": "#/components/pathItems/P"}}
                    },
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}


def make_again(
    document: Document, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Any]:
    """Write the application of a document, run it, and return what it makes."""
    name = f"again_{abs(hash(folder))}"
    code = build_typed_skeleton(document)
    (folder / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    app = load_application(f"{name}:app")
    monkeypatch.delitem(sys.modules, name)
    return code, Client(app).get("/openapi.json").json()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda each: each.name)
def test_public_documents_keep_their_meaning(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a document says, its code says, and the document of that again."""
    document = Document(path)
    code, again = make_again(document, tmp_path, monkeypatch)
    assert compare_documents(document.raw, again) == []
    assert compare_documents(again, document.raw) == []
    check_format(code)


def check_format(code: str) -> None:
    """See that a formatter leaves the code alone."""
    command = [sys.executable, "-m", "ruff", "format", "-", "--isolated"]
    found = subprocess.run(  # noqa: S603 - the one of these tests
        command, input=code, capture_output=True, text=True, check=True
    )
    assert found.stdout == code


def test_a_document_of_everything_keeps_its_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recursive, nullable, optional, odd: nothing gets lost on the way."""
    document = Document(ALL)
    code, again = make_again(document, tmp_path, monkeypatch)
    assert compare_documents(ALL, again) == []
    assert compare_documents(again, ALL) == []
    described = again["components"]["schemas"]["Node"]["description"]
    assert described == SCHEMAS["Node"]["description"]
    compile(code, "again", "exec")


def test_old_documents_become_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What 3.0 says in words of its own is said in those of JSON Schema."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "nullable": True, "example": {"nullable": True}},
            "b": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            "c": {"type": "integer", "maximum": 1, "exclusiveMaximum": False},
            "d": {"nullable": True, "description": "any"},
            "e": {"type": "integer", "exclusiveMaximum": True},
        },
    }
    raw: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "Old", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A": schema}},
    }
    document = Document(raw, check=False)
    assert modernise(document)["components"]["schemas"]["A"]["properties"] == {
        "a": {"type": ["string", "null"], "example": {"nullable": True}},
        "b": {"type": "integer", "exclusiveMinimum": 1},
        "c": {"type": "integer", "maximum": 1},
        "d": {"description": "any"},
        "e": {"type": "integer"},
    }
    _, again = make_again(document, tmp_path, monkeypatch)
    assert again["openapi"] == "3.1.1"


def test_what_has_no_end_stays_a_reference() -> None:
    """It is kept beside the types if it is a component."""
    item = {"get": {"callbacks": {"a": {"b": {"$ref": "#/x-files/P"}}}}}
    outline = Outline({"x-files": {"P": item}})
    hints = Hints(outline, Names(()))
    assert hints.fill({"$ref": "#/x-files/P"}) == {"$ref": "#/x-files/P"}
    assert hints.components == {}


def test_methods_that_nobody_serves_are_left_out() -> None:
    """As in a skeleton without types."""
    paths: dict[str, Any] = {"/": {"query": {"operationId": "ask", "responses": {}}}}
    raw = {"openapi": "3.2.0", "info": {"title": "Q", "version": "1"}, "paths": paths}
    code = build_typed_skeleton(Document(raw, check=False))
    assert "def ask" not in code


def test_forms_need_their_application() -> None:
    """A multipart body is for an application that reads forms."""
    body = {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}
    paths: dict[str, Any] = {"/": {"post": {"requestBody": body, "responses": {}}}}
    raw = {"openapi": "3.1.1", "info": {"title": "F", "version": "1"}, "paths": paths}
    code = build_typed_skeleton(Document(raw, check=False))
    assert "from poorwsgi_forms import Application, Request\n" in code
    assert "from poorwsgi_core import abort\n" in code
