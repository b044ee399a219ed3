"""Plans: what a request passes, and what handlers find in ``req.api``."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lambdas import answer_empty, one, two

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import ApiRequest, OpenAPI

PETS = "/pets/<kind>/<born>"


@pytest.fixture
def seen(app: Application, documents: Path) -> list[Any]:
    """Install the pet store; gives what its handlers see."""
    api = OpenAPI(documents / "petstore31.json", check="off")
    api.security("token", lambda _, credentials: credentials.value)
    app.install(api)
    found: list[Any] = []

    def handle(req: Any, *values: Any) -> str:
        found.append((req.api, values))
        return ""

    for name in ("listPets", "createPet", "findPets"):
        api.operation(name)(handle)
    api.webhook("newPet")(handle)
    return found


def api_of(seen: list[Any]) -> ApiRequest:
    """Return what the last handler saw."""
    api: ApiRequest = seen[-1][0]
    return api


def test_parameters_are_typed(client: Client, seen: list[Any]) -> None:
    """Each place has its values, by name; what wasn't sent is missing."""
    query = "limit=7&filter[age]=3&filter[kind]=cat&where=%7B%22a%22:1%7D&other=1"
    client.get(f"/pets?{query}", headers={"Cookie": "session=abcd"})
    api = api_of(seen)
    assert api.query == {
        "limit": 7,
        "filter": {"age": 3, "kind": "cat"},
        "where": {"a": 1},
    }
    assert (api.cookies, api.headers, api.path) == ({"session": "abcd"}, {}, {})
    assert (api.body, api.security) == (None, {})
    client.get("/pets")
    assert (api_of(seen).query, api_of(seen).cookies) == ({}, {})
    assert repr(api) == "<ApiRequest GET /pets>"


def test_path_values_are_typed(client: Client, seen: list[Any]) -> None:
    """Handlers get what the document says, in its order."""
    client.get("/pets/cat/2026-01-31", headers={"Authorization": "Bearer t"})
    assert seen[-1][1] == ("cat", date(2026, 1, 31))
    assert api_of(seen).security == {"token": "t"}
    answer = client.get("/pets/cow/2026-13-31")
    assert [each["name"] for each in answer.json()["errors"]] == ["kind", "born"]


def test_bodies_are_typed(client: Client, seen: list[Any]) -> None:
    """Defaults are put in; a merge patch is JSON."""
    headers = {"Authorization": "Bearer t"}
    client.post("/pets", json={"name": "Rex", "tag": None}, headers=headers)
    assert api_of(seen).body == {"name": "Rex", "tag": None, "age": 0}
    headers["Content-Type"] = "application/merge-patch+json"
    client.post("/pets", body=b'{"a": 1}', headers=headers)
    assert api_of(seen).body == {"a": 1}


def test_headers_are_typed(app: Application, client: Client) -> None:
    """A header is found in any case, and Content-Type where WSGI has it."""
    parameters = [
        {"name": "x-count", "in": "header", "schema": {"type": "integer"}},
        {"name": "content-type", "in": "header", "schema": {"type": "string"}},
    ]
    operation: dict[str, Any] = {"parameters": parameters, "responses": {}}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a": {"get": operation}},
    }
    app.install(OpenAPI(raw, check_document=False))
    app.set_route("/a", lambda req: dict(req.api.headers))
    headers = {"X-COUNT": "7", "Content-Type": "a/b"}
    answer = client.get("/a", headers=headers)
    assert answer.json() == {"x-count": 7, "content-type": "a/b"}
    assert client.get("/a", headers={"X-Count": "x"}).status_code == 400


def test_too_many_arguments_are_413(client: Client, seen: list[Any]) -> None:
    """The limit of the core counts, before anything is made of a query."""
    assert client.get("/pets?" + "a=1&" * 1001).status_code == 413
    assert seen == []


def test_queries_in_utf_8_are_read(app: Application, client: Client) -> None:
    """Octets that a client didn't escape are text."""
    parameters = [{"name": "q", "in": "query", "schema": {"type": "string"}}]
    operation: dict[str, Any] = {"parameters": parameters, "responses": {}}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a": {"get": operation}},
    }
    app.install(OpenAPI(raw, check_document=False))
    app.set_route("/a", lambda req: req.api.query["q"])
    assert client.get("/a", QUERY_STRING="q=\xc3\xa9").text == "é"


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("/a/<id:int>", "/a/7", 7),
        ("/a/<other:int>", "/a/7", 7),
        ("/a/<id:float>", "/a/7.5", None),
        ("/a/<id>", "/a/7", 7),
    ],
)
def test_converters_of_routes_are_taken(
    app: Application, client: Client, rule: str, path: str, value: Any
) -> None:
    """Numbers of a route are numbers; another name is found by its place."""
    node = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    operation: dict[str, Any] = {"parameters": [node], "responses": {}}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a/{id}": {"get": operation}},
    }
    app.install(OpenAPI(raw, check_document=False, check="off"))
    app.set_route(rule, two(lambda req, _: dict(req.api.path)))
    answer = client.get(path)
    if value is None:
        assert answer.status_code == 400 or answer.json() == {"id": 7}
    else:
        assert answer.json() == {"id": value}


def test_converters_of_other_types_are_text(app: Application, client: Client) -> None:
    """A UUID of the route is what the document says."""
    schema = {"type": "string", "format": "uuid"}
    node = {"name": "id", "in": "path", "required": True, "schema": schema}
    operation: dict[str, Any] = {"parameters": [node], "responses": {}}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a/{id}": {"get": operation}},
    }
    app.install(OpenAPI(raw, check_document=False))
    app.set_route("/a/<id:uuid>", two(lambda req, _: type(req.api.path["id"]).__name__))
    assert client.get("/a/3fa85f64-5717-4562-b3fc-2c963f66afa6").text == "UUID"


def test_route_with_other_groups_is_told(app: Application, client: Client) -> None:
    """A route that can't be the operation's is a 500 that says why."""
    node: dict[str, Any] = {"name": "id", "in": "path", "required": True, "schema": {}}
    operation: dict[str, Any] = {"parameters": [node], "responses": {}}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a/{id}": {"get": operation}},
    }
    app.install(OpenAPI(raw, check_document=False, check="off"))
    app.set_regular_route(r"/a/(?P<x>(?P<y>.)(?P<z>.))\Z", answer_empty)
    answer = client.get("/a/bc")
    assert answer.exc_info is not None
    assert "has the groups x, y, z; name them as the document" in str(
        answer.exc_info[1]
    )


def test_faults_of_parameters_and_body_are_one_problem(
    client: Client, seen: list[Any]
) -> None:
    """A body that can't be taken adds its faults and its headers."""
    headers = {"Authorization": "Bearer t", "Content-Type": "text/plain"}
    answer = client.post("/pets", body=b"x", headers=headers)
    assert answer.status_code == 415
    assert seen == []


def test_joined_faults_keep_the_headers(app: Application, client: Client) -> None:
    """With faults of parameters too, the status is 400, and the hint stays."""
    operation: dict[str, Any] = {
        "parameters": [{"name": "q", "in": "query", "required": True, "schema": {}}],
        "requestBody": {"required": True, "content": {"application/json": {}}},
        "responses": {},
    }
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a": {"post": operation}},
    }
    app.install(OpenAPI(raw, check_document=False, check="off"))
    app.set_route("/a", lambda _: "", 4)
    answer = client.post("/a", body=b"x", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 2)
    assert answer.headers["Accept-Post"] == "application/json"


def test_webhooks_are_checked(client: Client, seen: list[Any]) -> None:
    """A webhook is an operation like others, at a path of its own."""
    assert client.post("/webhooks/newPet", json={"name": "Rex"}).status_code == 200
    assert api_of(seen).body == {"name": "Rex", "age": 0}
    assert client.post("/webhooks/newPet", json={}).status_code == 400


def test_parameters_are_named_in_vary(app: Application) -> None:
    """An answer may depend on headers and cookies that are parameters."""
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/do": {
                "parameters": [
                    {"name": "X-Lang", "in": "header", "schema": {"type": "string"}},
                    {"name": "lang", "in": "cookie", "schema": {"type": "string"}},
                ],
                "get": {
                    "operationId": "do",
                    "responses": {"200": {"description": "ok"}},
                },
            }
        },
    }
    api = OpenAPI(raw)
    api.operation("do")(one(lambda _: "ok"))
    app.install(api)
    assert Client(app).get("/do").headers["Vary"] == "X-Lang, Cookie"
