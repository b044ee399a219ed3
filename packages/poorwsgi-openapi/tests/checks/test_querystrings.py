"""A whole query as one value."""

from typing import Any

import pytest
from lambdas import one

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI

FORM = "application/x-www-form-urlencoded"
FILTER = {
    "type": "object",
    "required": ["from"],
    "properties": {
        "from": {"type": "string", "format": "date"},
        "page": {"type": "integer", "minimum": 1},
    },
}


def build(app: Application, kind: str, schema: Any = FILTER, **options: Any) -> Client:
    """Build a client of GET /a, which tells what it has found."""
    parameter = {
        "name": "filter",
        "in": "querystring",
        "required": options.pop("required", False),
        "content": {kind: {"schema": schema}},
    }
    operation = {
        "parameters": [parameter],
        "responses": {"200": {"description": "ok"}},
    }
    raw = {
        "openapi": "3.2.0",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": operation}},
    }
    app.set_route("/a", one(lambda req: {"query": str(req.api.query)}))
    app.install(OpenAPI(raw, **options))
    return Client(app)


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        (FORM, "from=2026-01-31&page=2"),
        ("application/json", "%7B%22from%22:%20%222026-01-31%22,%22page%22:2%7D"),
    ],
)
def test_typed_value(app: Application, kind: str, query: str) -> None:
    """The query is read as its media type, and typed as any value."""
    client = build(app, kind, strict_query="reject")
    expected = "{'filter': {'from': datetime.date(2026, 1, 31), 'page': 2}}"
    assert client.get(f"/a?{query}").json() == {"query": expected}


def test_missing(app: Application) -> None:
    """Nothing is nothing, unless it is required."""
    assert build(app, FORM).get("/a").json() == {"query": "{}"}


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        (FORM, "", ("required", "", "is required")),
        (FORM, "from=2026-01-31&page=0", ("minimum", "/page", "has to be at least 1")),
        (
            "application/json",
            "%7B",
            ("format", "", "can't be read as application/json"),
        ),
    ],
)
def test_refusals(
    app: Application, kind: str, query: str, expected: tuple[str, str, str]
) -> None:
    """What doesn't fit is told by the name of the parameter, with its place."""
    answer = build(app, kind, required=True).get(f"/a?{query}")
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["in"], fault["name"]) == (400, "query", "filter")
    assert (fault["code"], fault.get("pointer", ""), fault["message"]) == expected


def test_what_cannot_be_checked(app: Application) -> None:
    """A schema that fails for odd values refuses them."""
    schema = {"anyOf": [{"pattern": "("}]}
    client = build(app, "application/json", schema, check_document=False)
    answer = client.get("/a?%22a%22")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "schema")
