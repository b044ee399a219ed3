"""Changes of servers, credentials, styles and names break clients."""

from pathlib import Path
from typing import Any

import pytest

from poorwsgi_openapi.__main__ import main
from poorwsgi_openapi.document.sources import dump_yaml
from poorwsgi_openapi.tools.difference import compare_documents

OK = {"200": {"description": "ok"}}


def build(operation: Any = None, **parts: Any) -> dict[str, Any]:
    """Build a document of one operation."""
    get: dict[str, Any] = {"responses": OK, **(operation or {})}
    info = {"title": "A", "version": "1"}
    return {"openapi": "3.1.1", "info": info, "paths": {"/a": {"get": get}}, **parts}


def parameter(**node: Any) -> dict[str, Any]:
    """Build a document with a parameter in the query."""
    return build({"parameters": [{"name": "v", "in": "query", "schema": {}, **node}]})


def scheme(**node: Any) -> dict[str, Any]:
    """Build a document with a security scheme."""
    return build(components={"securitySchemes": {"s": node}})


KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
FLOW = {"tokenUrl": "/token", "scopes": {"read": ""}}
V64 = {"url": "https://pay.example.com/v64/"}
V68 = {"url": "https://pay.example.com/v68"}
VARIABLE = {"url": "/{v}", "variables": {"v": {"default": "v2", "enum": ["v1", "v2"]}}}


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        (
            *(build(servers=[V64]), build(servers=[V68]), "servers"),
            "https://pay.example.com/v64 is none any more",
        ),
        (
            build(servers=[VARIABLE]),
            build(servers=[{"url": "/v2"}]),
            "servers",
            "/v1 is",
        ),
        (build(), build(servers=[V68]), "servers", "/ is none any more"),
        (
            build({"servers": [V64]}),
            build({"servers": [V68]}),
            "servers",
            "v64 is none",
        ),
        (
            *(parameter(), parameter(explode=False), "GET /a query v"),
            "is one value now (explode)",
        ),
        (
            *(parameter(explode=False), parameter(), "GET /a query v"),
            "its values stand apart now (explode)",
        ),
        (
            *(parameter(), parameter(style="pipeDelimited"), "GET /a query v"),
            "style was form, and is pipeDelimited",
        ),
        (
            *(scheme(**KEY), scheme(**KEY | {"name": "X-Token"}), "security scheme s"),
            "name was X-Key, and is X-Token",
        ),
        (
            *(scheme(**KEY), scheme(**KEY | {"in": "query"}), "security scheme s"),
            "in was header, and is query",
        ),
        (
            scheme(type="oauth2", flows={"clientCredentials": FLOW}),
            scheme(type="oauth2", flows={}),
            "security scheme s",
            "the flow clientCredentials is none any more",
        ),
        (
            scheme(type="oauth2", flows={"password": FLOW}),
            scheme(type="oauth2", flows={"password": FLOW | {"tokenUrl": "/t"}}),
            "security scheme s",
            "tokenUrl of the flow password is another",
        ),
        (
            scheme(type="oauth2", flows={"password": FLOW}),
            scheme(type="oauth2", flows={"password": FLOW | {"scopes": {}}}),
            "security scheme s",
            "the scope read is none any more",
        ),
        (
            *(build({"operationId": "a"}), build({"operationId": "b"}), "GET /a"),
            "operationId was a, and is b",
        ),
        (build({"operationId": "a"}), build(), "GET /a", "and is gone"),
    ],
)
def test_breaking_changes(old: Any, new: Any, where: str, message: str) -> None:
    """What clients rely on is another."""
    change = compare_documents(old, new)[0]
    assert (change.is_breaking, change.where) == (True, where)
    assert message in change.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (build(servers=[V64]), build(servers=[V64, V68])),
        (build(), build({"operationId": "a"})),
        (parameter(), parameter(style="form", explode=True)),
        (
            scheme(type="http", scheme="Bearer"),
            scheme(type="http", scheme="bearer"),
        ),
        (scheme(**KEY), build()),
        (
            build(servers=[{"url": "https://a.b/"}]),
            build(servers=[{"url": "https://a.b"}]),
        ),
    ],
)
def test_other_changes(old: Any, new: Any) -> None:
    """What is added, or only said otherwise, breaks nobody."""
    assert not any(change.is_breaking for change in compare_documents(old, new))


def test_webhooks_have_no_servers() -> None:
    """A server that is gone says nothing about calls of ours."""
    hook = {"ping": {"post": {"responses": OK}}}
    old, new = ({**build(servers=[each]), "webhooks": hook} for each in (V64, V68))
    old["paths"] = new["paths"] = {}
    assert compare_documents(old, new) == []


def test_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path of a server that is gone is status 1, on the command line."""
    paths = [tmp_path / "old.yaml", tmp_path / "new.yaml"]
    for path, server in zip(paths, (V64, V68), strict=True):
        path.write_bytes(dump_yaml(build(servers=[server])))
    assert main(["diff", *map(str, paths)]) == 1
    assert "1 breaking change, 1 compatible change" in capsys.readouterr().out
    assert main(["diff", str(paths[0]), str(paths[0])]) == 0
