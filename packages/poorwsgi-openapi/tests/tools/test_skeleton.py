"""Facts about applications that are generated from a document."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.testing import Client
from poorwsgi_openapi import Document
from poorwsgi_openapi.tools.skeleton import build_skeleton

HEAD: dict[str, Any] = {"openapi": "3.1.1", "info": {"title": "Pets", "version": "1"}}
PATHS: dict[str, Any] = {
    "/pets": {
        "get": {"operationId": "listPets", "summary": "List all\npets"},
        "post": {"operationId": "list_pets", "description": 'Add "one".\\'},
        "query": {"operationId": "findPets"},
    },
    "/pets/{petId}/{class}/{day}/{at}/{token}/{any}/{flag}": {
        "parameters": [
            {"name": "petId", "in": "path", "schema": {"type": "integer"}},
            {"name": "class", "in": "path", "schema": {"type": "number"}},
            {
                "name": "day",
                "in": "path",
                "schema": {"type": "string", "format": "date"},
            },
            {
                "name": "at",
                "in": "path",
                "schema": {"type": "string", "format": "date-time"},
            },
            {
                "name": "token",
                "in": "path",
                "schema": {"type": "string", "format": "uuid"},
            },
            {"name": "flag", "in": "path", "schema": {"type": "boolean"}},
            {"name": "page", "in": "query"},
        ],
        "get": {"operationId": "import", "summary": "Ready?"},
        "put": {},
    },
    "/{a}": {"get": {}},
}


def build(document: dict[str, Any], **options: Any) -> str:
    """Write the skeleton of a document."""
    return build_skeleton(Document(document, check=False), "pets.yaml", **options)


def run(code: str, name: str) -> Any:
    """Run a skeleton and return its application."""
    names: dict[str, Any] = {"__name__": name}
    exec(compile(code, name, "exec"), names)  # noqa: S102 - what is tested
    return names["app"]


def test_shop(documents: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What is generated serves 501, and refuses where credentials are needed."""
    monkeypatch.chdir(documents)
    code = build_skeleton(Document("shop.yaml"), "shop.yaml")
    # The forms are another distribution, which this one doesn't need.
    code = code.replace("poorwsgi_forms", "poorwsgi_core")
    code = code.replace('OpenAPI("shop.yaml"', 'OpenAPI("shop.yaml", form_parser=repr')
    client = Client(run(code, name))
    assert client.get("/v2/health").status_code == 501
    assert client.get("/v2/pets").status_code == 401
    answer = client.get("/v2/pets", headers={"X-API-Key": "guessed"})
    assert answer.status_code == 401
    assert client.get("/docs").status_code == 200


def test_names_and_types() -> None:
    """Names are Python's own, each once; types are those that handlers get."""
    code = build({**HEAD, "paths": PATHS})
    for line in (
        "from datetime import date, datetime",
        "from uuid import UUID",
        "from poorwsgi_core import Application, Request, abort",
        "from poorwsgi_core.state import HTTP_NOT_IMPLEMENTED, METHOD_GET, METHOD_PUT",
        '@api.operation("listPets")',
        "def list_pets(req: Request) -> Any:",
        '    """List all pets."""',
        "def list_pets_(req: Request) -> Any:",
        '    """Add \'one\'./."""',
        '@api.operation("import")',
        "    pet_id: int,",
        "    class_: float,",
        "    day: date,",
        "    at: datetime,",
        "    token: UUID,",
        "    any_: Any,",
        "    flag: bool,",
        '    """Ready?"""',
        '@app.route("/<a>", METHOD_GET)',
        "def get_a(req: Request, a: str) -> Any:",
        '    """GET /{a}."""',
        "# The framework serves no QUERY: /pets",
    ):
        assert line in code.splitlines()
    assert "pet_id: str" in code


@pytest.fixture
def generated(documents: Path) -> list[str]:
    """Generate code of documents with names and paths of all lengths."""
    many: dict[str, Any] = {f"/{letter * 30}/{{x}}": {"put": {}} for letter in "abc"}
    long: dict[str, Any] = {"/" + "y" * 70: {"trace": {"summary": "Long " * 30}}}
    long[f"/{{{'a' * 30}}}/{'b' * 35}"] = {"get": {"operationId": "c" * 40}}
    return [
        build({**HEAD, "paths": PATHS}),
        build({**HEAD, "paths": {}}),
        build({**HEAD, "paths": {**many, **long, **PATHS, **_all_methods()}}),
        build({**HEAD, "paths": {"/{day}": _date_path()}}, examples=True),
        build_skeleton(Document(documents / "shop.yaml"), "shop.yaml"),
    ]


def test_generated_lines_are_short(generated: list[str]) -> None:
    """Lines that can be wrapped are no longer than formatters allow."""
    lines = {line for code in generated for line in code.splitlines()}
    long = {line for line in lines if len(line) > 88}
    assert {line.split()[0] for line in long} <= {"def"}
    assert [code for code in generated if compile(code, "x", "exec") is None] == []


def test_generated_code_is_formatted(generated: list[str], tmp_path: Path) -> None:
    """A formatter has nothing to do, a linter nothing to say."""
    for number, code in enumerate(generated):
        (tmp_path / f"app{number}.py").write_text(code, "utf-8")
    for command in (["format", "--diff"], ["check", "--select=E4,E7,E9,F,I,W"]):
        result = subprocess.run(  # noqa: S603 - a tool of the environment
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--isolated",
                "--no-cache",
                str(tmp_path),
            ],
            capture_output=True,
            check=False,
            text=True,
        )
        found = result.stdout.removeprefix("All checks passed!\n")
        assert (result.returncode, found) == (0, "")


def _all_methods() -> dict[str, Any]:
    names = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
    return {"/all": {name: {} for name in names}}


def _date_path() -> dict[str, Any]:
    schema = {"type": "string", "format": "date"}
    parameter = {"name": "day", "in": "path", "required": True, "schema": schema}
    return {"parameters": [parameter], "get": {"operationId": "getDay"}}


def test_examples(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An application may answer from the examples until it is written."""
    content = {"text/plain": {"example": "mocked"}}
    operation = {
        "operationId": "get",
        "responses": {"200": {"description": "ok", "content": content}},
    }
    document = {**HEAD, "paths": {"/": {"get": operation}}}
    code = build(document, examples=True)
    assert 'OpenAPI("pets.yaml", mock="all")' in code
    (tmp_path / "pets.yaml").write_bytes(Document(document).to_yaml())
    monkeypatch.chdir(tmp_path)
    assert Client(run(code, name)).get("/").text == "mocked"


def test_multipart_needs_the_forms() -> None:
    """A document with multipart bodies gets an application that parses them."""
    body: dict[str, Any] = {"content": {"multipart/form-data": {"schema": {}}}}
    paths: dict[str, Any] = {"/": {"post": {"requestBody": body}}}
    code = build({**HEAD, "paths": paths})
    assert "from poorwsgi_core import abort\n" in code
    assert "from poorwsgi_forms import Application, Request\n" in code


def test_webhooks() -> None:
    """Webhooks get a handler; a document of nothing else is fine."""
    code = build({**HEAD, "webhooks": {"paid": {"post": {"operationId": "paid"}}}})
    assert '@api.webhook("paid")\ndef paid(req: Request) -> Any:' in code


TEXT = st.text("ab \"'\\\n\t{}#\u2028é\x00_-1", max_size=20)


@given(TEXT, TEXT, TEXT, TEXT)
def test_nothing_of_a_document_becomes_code(
    title: str, identifier: str, summary: str, path: str
) -> None:
    """Whatever texts a document has, the code has the same shape."""
    operation: dict[str, Any] = {
        "operationId": identifier,
        "summary": summary,
        "security": [{path: []}],
    }
    document: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": title, "version": "1"},
        "paths": {f"/{path.replace('{', '').replace('}', '')}": {"get": operation}},
    }
    tree = ast.parse(build(document))
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds[0] == "Expr"
    assert kinds.count("FunctionDef") == 2
    assert kinds.count("Assign") == 2
    assert set(kinds) == {"Expr", "ImportFrom", "Assign", "FunctionDef"}
