"""Facts about the comparison of routes and document."""

from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.state import METHOD_GET, METHOD_OPTIONS, METHOD_POST, METHOD_PUT
from poorwsgi_openapi import Document, OpenAPI
from poorwsgi_openapi.document.outline import as_map
from poorwsgi_openapi.tools.route_check import (
    check_routes,
    find_unrouted,
    format_differences,
    is_own,
)


def document(paths: dict[str, Any], **more: Any) -> Document:
    """Build a document of these paths."""
    head = {"openapi": "3.1.1", "info": {"title": "x", "version": "1"}}
    return Document({**head, **more, "paths": paths}, check=False)


def item(kind: Any = None, *methods: str, name: str = "id") -> dict[str, Any]:
    """Build a path item with one path parameter."""
    schema: dict[str, Any] = as_map(kind)
    if kind and not schema:
        schema = {"type": kind}
    parameter: dict[str, Any] = {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
    }
    found: dict[str, Any] = {method: {} for method in methods or ("get",)}
    return {"parameters": [parameter], **found}


def handler(*_: Any) -> str:
    """Answer anything."""
    return ""


def check(app: Application, paths: dict[str, Any], **more: Any) -> list[str]:
    """Compare, and write each difference as a line."""
    found = check_routes(document(paths, **more), app)
    return [f"{each.level} {each.where}: {each.message}" for each in found]


def test_agreement(app: Application) -> None:
    """Nothing is said where routes and document agree."""
    app.set_route("/pets", handler)
    app.set_route("/pets/<id:int>", handler, METHOD_GET | METHOD_PUT)
    app.set_regular_route(r"/old/(?P<id>\d+)\Z", handler)
    app.set_route("/open", handler, METHOD_OPTIONS)
    paths: dict[str, Any] = {
        "/pets": {"get": {}, "head": {}, "options": {}},
        "/pets/{id}": item("integer", "get", "put"),
        "/old/{id}": item("string"),
        "/open": {"options": {}},
    }
    assert check(app, paths) == []


def test_operation_without_a_route(app: Application) -> None:
    """It is an error that says how to write the route."""
    app.set_route("/pets", handler)
    paths = {
        "/pets": {"post": {"operationId": "addPet"}},
        "/pets/{pet-id}": item("integer", name="pet-id"),
        "/x/{id}": item(["number", "null"]),
    }
    assert check(app, paths)[:3] == [
        (
            "error POST /pets: no route; the path has HEAD, GET: "
            'add @api.operation("addPet")'
        ),
        (
            "error GET /pets/{pet-id}: no route: "
            'add @app.route("/pets/<pet_id:int>", METHOD_GET)'
        ),
        'error GET /x/{id}: no route: add @app.route("/x/<id:float>", METHOD_GET)',
    ]


def test_route_without_an_operation(app: Application) -> None:
    """On a documented path it is an error, elsewhere a warning."""
    app.set_route("/pets", handler, METHOD_GET | METHOD_POST)
    app.set_route("/page/<name>", handler)
    assert check(app, {"/pets": {"get": {}}}) == [
        "error POST /pets: the document has this path without this method: document it",
        (
            "warning GET /page/<name>: no operation: "
            "document it, or name it in undocumented="
        ),
    ]


def test_routes_that_need_no_operation(app: Application) -> None:
    """Routes outside of the API aren't looked at, nor are those of the document."""
    app.set_route("/page", handler)
    app.set_route("/v1/hook", handler)
    app.set_route("/v1/pets", handler)
    paths: dict[str, Any] = {"/pets": {"get": {}}}
    servers = [{"url": "https://a/v1"}, {"url": "/v2"}]
    shop = document(paths, servers=servers)
    assert check_routes(shop, app, ignore=["/v1/hook"]) == []
    assert len(check_routes(shop, app)) == 1
    app.install(OpenAPI(shop, json_path="/v1/openapi.json", check="off"))
    assert is_own(app.routes["/v1/openapi.json"][METHOD_GET])
    assert is_own(app.routes["/docs"][METHOD_GET])
    assert check_routes(shop, app, ignore=["/v1/hook"]) == []


def test_server_path_may_be_left_out(app: Application) -> None:
    """A route may be below the path of the server, or not, when that is cut off."""
    app.set_route("/pets", handler)
    paths: dict[str, Any] = {"/pets": {"get": {}}}
    assert check(app, paths, servers=[{"url": "/v1"}]) == []


def test_methods_that_nobody_serves(app: Application) -> None:
    """A method that the framework lacks is an error."""
    (line,) = check(app, {"/pets": {"query": {}}})
    assert line.startswith("error QUERY /pets: the framework serves no QUERY, only ")
    assert (
        find_unrouted(document({"/pets": {"query": {}, "get": {}}}), app)[0].method
        == "GET"
    )


def test_names(app: Application) -> None:
    """Other names in a path are an error; those of Python stand for any."""
    app.set_route("/a/<number>", handler)
    app.set_route("/b/<pet_id>", handler)
    paths = {"/a/{id}": item("string"), "/b/{pet-id}": item("string", name="pet-id")}
    assert check(app, paths) == [
        (
            "error GET /a/{id}: the route /a/<number> names number what the document "
            "names id: use the same names in the same order"
        ),
    ]


@pytest.mark.parametrize(
    ("filter_", "schema", "expected"),
    [
        ("int", {"type": "integer"}, ""),
        ("int", {"type": "string"}, "takes <id:int>, and the document has type string"),
        (
            "int",
            {"type": ["integer", "string"]},
            "takes <id:int>, and the document has type integer or string",
        ),
        ("int", {}, ""),
        ("float", {"type": "number"}, ""),
        (
            "float",
            {"type": "integer"},
            "takes <id:float>, and the document has type integer",
        ),
        ("uuid", {"type": "string", "format": "uuid"}, ""),
        (
            "uuid",
            {"type": "string"},
            "takes <id:uuid>, and the document a string of any form",
        ),
        ("word", {"type": "integer"}, ""),
        ("re:[a-z]+", {"type": "string"}, ""),
    ],
)
def test_types(
    app: Application, filter_: str, schema: dict[str, Any], expected: str
) -> None:
    """A filter that refuses what is documented is an error."""
    rule = f"/a/<id:{filter_}>"
    app.set_route(rule, handler)
    message = (
        f"error GET /a/{{id}}: the route {rule} {expected}, so correct one of them"
    )
    assert check(app, {"/a/{id}": item(schema)}) == [message] * bool(expected)


def test_type_of_an_undocumented_parameter(app: Application) -> None:
    """A parameter without a schema has no type to differ from."""
    app.set_route("/a/<id:int>", handler)
    parameters = [{"name": "q", "in": "query"}]
    assert check(app, {"/a/{id}": {"get": {"parameters": parameters}}}) == []
    assert check(app, {"/b/{id}": {"get": {"parameters": parameters}}})[0].endswith(
        'add @app.route("/b/<id>", METHOD_GET)'
    )


def test_document_without_operations(app: Application) -> None:
    """Every route is a page beside an API that has no operations."""
    app.set_route("/page", handler)
    assert check(app, {})[0].startswith("warning GET /page")


def test_report(app: Application) -> None:
    """Differences are written in columns."""
    app.set_route("/page", handler)
    found = check_routes(document({"/pets/{id}": item()}), app)
    first, second = format_differences(found).splitlines()
    assert first.index("no route") == second.index("no operation")
    assert format_differences([]) == ""


def test_check_at_start(app: Application) -> None:
    """The extension raises all differences together."""
    paths: dict[str, Any] = {"/pets": {"get": {}}, "/x": {"get": {}}}
    api = OpenAPI(document(paths), check="off")
    app.install(api)
    with pytest.raises(RuntimeError, match=r"(?s)GET /pets.*no route.*GET /x"):
        api.check(app)
