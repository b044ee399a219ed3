"""What a request is sent with from the page: fields, credentials, a policy."""

import base64
import hashlib
import html
import json
import re
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.answers.docs_page import Docs, build_docs, docs_headers
from poorwsgi_openapi.answers.docs_page.trying import TryView, list_origins
from poorwsgi_openapi.document.outline import Outline

FILE = {"type": "string", "format": "binary"}
TEXT = {"type": "string"}


def render(operation: Any, path: str = "/x", **parts: Any) -> str:
    """Render the fields of an operation."""
    outline = Outline({**parts, "paths": {path: {"post": operation}}})
    return TryView(outline, "https://host").render(outline.operations[0])


def data_of(page: str, name: str) -> list[Any]:
    """Return what the script reads of attributes of a name."""
    found = re.findall(rf'data-{name}="([^"]*)"', page)
    return [json.loads(html.unescape(text)) for text in found]


def test_call() -> None:
    """The script knows method, path and server; there is nothing to choose of one."""
    page = render({}, "/<x>/{id}")
    assert data_of(page, "call") == [{"method": "POST", "path": "/<x>/{id}"}]
    assert '<label hidden>Server <select name="server"><option>https://host<' in page
    assert "<form" not in page


def test_servers() -> None:
    """Those nearest to the operation are there to choose."""
    servers = [{"url": "https://a/v1"}, {"url": "../v2"}]
    page = render({"servers": servers}, servers=[{"url": "/none"}])
    assert "<label>Server" in page
    assert "<option>https://a/v1</option><option>https://host/v2</option>" in page


@pytest.mark.parametrize(
    ("node", "facts", "field"),
    [
        (
            {"in": "path", "schema": {"type": "integer"}},
            {"shape": "text", "style": "simple", "explode": False},
            'value="1"',
        ),
        (
            {"in": "query", "schema": {"type": "array", "items": TEXT}},
            {"shape": "list", "style": "form", "explode": True},
            'placeholder="[&quot;string&quot;]"',
        ),
        (
            {"in": "header", "required": True, "schema": {"const": {"a": 1}}},
            {"shape": "object", "style": "simple", "explode": False},
            'value="{&quot;a&quot;: 1}"',
        ),
        (
            {"in": "query", "content": {"application/json": {"example": [1]}}},
            {"shape": "text"},
            'placeholder="[\n  1\n]"',
        ),
        (
            {"in": "querystring", "content": {"text/plain": {"schema": TEXT}}},
            {"shape": "text", "whole": True},
            'placeholder="string"',
        ),
        ({"in": "query"}, {"shape": "text", "style": "form", "explode": True}, '=""'),
    ],
)
def test_parameters(node: Any, facts: Any, field: str) -> None:
    """What is needed is filled in, what else there is shows its example."""
    page = render({"parameters": [{"name": "p", **node}]})
    assert data_of(page, "parameter") == [{"name": "p", "in": node["in"], **facts}]
    assert field in page
    is_required = node.get("required") or node["in"] == "path"
    assert ("required</span>" in page) == bool(is_required)


def test_parameters_that_a_page_cannot_send() -> None:
    """Cookies are the browser's, and OpenAPI ignores some headers."""
    nodes = [{"name": "c", "in": "cookie"}, {"name": "Accept", "in": "header"}]
    assert data_of(render({"parameters": nodes}), "parameter") == []


def test_bodies() -> None:
    """Each media type has its fields, of which one is shown."""
    parts = {
        "photo": FILE,
        "more": {"type": "array", "items": {"contentMediaType": "image/png", **FILE}},
        "name": TEXT,
        "tags": {"type": "array", "items": TEXT},
    }
    content = {
        "application/json": {"schema": {"type": "object", "properties": {"a": TEXT}}},
        "multipart/form-data": {"schema": {"properties": parts}},
        "image/png": {"schema": FILE},
        "application/octet-stream": {},
        "application/jsonl": {"itemSchema": TEXT},
    }
    page = render({"requestBody": {"content": content}})
    assert page.count("<option>") == 1 + len(content)
    assert page.count("<div data-kind=") == len(content)
    assert page.count('" hidden>\n') == len(content) - 1
    assert "{\n  &quot;a&quot;: &quot;string&quot;\n}</textarea>" in page
    assert page.count('type="file" name="file"') == 2
    assert '<input data-part="photo" type="file">' in page
    assert '<input data-part="more" type="file" multiple>' in page
    assert '<input data-part="name" value="string">' in page
    tags = 'data-part="tags" value="[&quot;string&quot;]" data-list="list">'
    assert tags in page


FLOWS: dict[str, Any] = {
    "authorizationCode": {
        "authorizationUrl": "/a",
        "tokenUrl": "https://t/x",
        "scopes": {"read": "r"},
    },
    "clientCredentials": {"tokenUrl": "javascript:alert(1)"},
    "implicit": {"authorizationUrl": "/i", "scopes": {}},
}


@pytest.mark.parametrize(
    ("scheme", "facts", "names"),
    [
        (
            {"type": "apiKey", "in": "query", "name": "k"},
            {"type": "apiKey", "in": "query", "key": "k"},
            ["key"],
        ),
        ({"type": "apiKey", "in": "cookie", "name": "k"}, None, []),
        ({"type": "http", "scheme": "Basic"}, {"type": "basic"}, ["user", "password"]),
        ({"type": "http", "scheme": "bearer"}, {"type": "http"}, ["token"]),
        ({"type": "http", "scheme": "digest"}, None, []),
        ({"type": "openIdConnect"}, {"type": "openIdConnect"}, ["token"]),
        (
            {"type": "oauth2", "flows": FLOWS},
            {"type": "oauth2"},
            ["client_id", "client_secret", "scope", "token"],
        ),
    ],
)
def test_credentials(scheme: Any, facts: Any, names: list[str]) -> None:
    """Each scheme has its fields; a URL of a script is no place to log in."""
    components = {"securitySchemes": {"s": scheme}}
    page = render({"security": [{"s": []}, {}]}, components=components)
    assert data_of(page, "scheme") == ([{"name": "s", **facts}] if facts else [])
    inside = page.partition("Credentials")[2]
    assert re.findall(r'<input name="(\w+)"', inside) == names
    assert page.count('autocomplete="off"') == len(names)
    found = [{"authorize": "/a", "token": "https://t/x"}]
    assert data_of(page, "flow") == (found if "client_id" in names else [])


def test_origins() -> None:
    """Requests go to the servers, and to what gives tokens; nowhere else."""
    document: dict[str, Any] = {
        "servers": [{"url": "https://{v}.a.example/x", "variables": {"v": {}}}],
        "paths": {
            "/a": {
                "servers": [{"url": "/relative"}, {"url": "http://b.example:8080/"}],
                "get": {"servers": [{"url": "https://c.example"}]},
            }
        },
        "components": {"securitySchemes": {"s": {"flows": FLOWS}}},
    }
    assert list_origins(document) == [
        "http://b.example:8080",
        "https://c.example",
        "https://t",
    ]


def test_policy() -> None:
    """The script is known by its digest; without it none is allowed."""
    page = build_docs({"paths": {"/a": {"get": {}}}}, sends=True).decode()
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    docs = Docs({"servers": [{"url": "https://a.example"}]}, sends=True)
    policy = docs.headers["Content-Security-Policy"]
    assert f"script-src 'sha256-{digest}'; " in policy
    assert "connect-src 'self' https://a.example; form-action 'none'" in policy
    assert "script" not in docs_headers()["Content-Security-Policy"]
    assert "<script" not in build_docs({"paths": {"/a": {"get": {}}}}).decode()


def test_option(app: Application) -> None:
    """It is off, unless the extension is told; parts of a large page have it too."""
    paths = {
        f"/{number}": {"get": {"operationId": f"x{number}", "description": "x" * 5000}}
        for number in range(60)
    }
    raw = {"openapi": "3.1.1", "info": {}, "paths": paths}
    options: Any = {"check": "off", "check_document": False}
    app.install(OpenAPI(raw, docs_assets="try", **options))
    for query in ("", "?find=op-x1"):
        answer = Client(app).get(f"/docs{query}")
        assert answer.text.count("<script>") == 1
        assert "script-src" in answer.headers["Content-Security-Policy"]
    other = Application(f"{app.name} 2")
    other.install(OpenAPI(raw, **options))
    assert "<script" not in Client(other).get("/docs").text
